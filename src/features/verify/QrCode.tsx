import { useEffect, useState } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { Spinner } from "@/ui/Spinner";
import styles from "./Verify.module.css";

type Drawing = { readonly size: number; readonly path: string } | "drawing" | "none";

/** The code for the other device to scan. Left out where this device cannot make one. */
export function QrCode({
  readCode,
}: {
  readCode: () => Promise<Result<Uint8Array | null, AppError>>;
}) {
  const [drawing, setDrawing] = useState<Drawing>("drawing");
  useEffect(() => {
    let shown = true;
    void draw(readCode).then((next) => {
      if (shown) setDrawing(next);
    });
    return () => {
      shown = false;
    };
    // Once for each verification: the component goes when its step does.
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, []);
  if (drawing === "none") return null;
  return (
    <div className={styles.way}>
      <h3>Scan this code with the other device</h3>
      {drawing === "drawing" ? (
        <Spinner label="Drawing the code…" />
      ) : (
        <svg
          className={styles.code}
          viewBox={`0 0 ${drawing.size} ${drawing.size}`}
          shapeRendering="crispEdges"
          role="img"
          aria-label="QR code for the other device to scan"
          data-testid="verification-code"
        >
          <path d={drawing.path} />
        </svg>
      )}
    </div>
  );
}

/** The drawing part is loaded here: most visits never need it. Emoji work without it. */
async function draw(
  readCode: () => Promise<Result<Uint8Array | null, AppError>>,
): Promise<Drawing> {
  try {
    const [code, { drawQrCode }] = await Promise.all([readCode(), import("@/lib/qrCode")]);
    return code.ok && code.value !== null ? drawQrCode(code.value) : "none";
  } catch {
    return "none";
  }
}
