import { useEffect, useState, type RefObject } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { type CameraProblem, closeCamera, openCamera } from "@/lib/camera";
import { scanVideo } from "@/lib/scanVideo";

type ScannerState =
  | { readonly kind: "starting" | "live" }
  | { readonly kind: "problem"; readonly problem: CameraProblem };

/**
 * Turns the camera on, shows it in the video and hands over each code it sees, until one was taken.
 * `refusal`: the last one was refused. The camera goes off with the component.
 */
export function useScanner(
  video: RefObject<HTMLVideoElement | null>,
  onScanned: (code: Uint8Array) => Promise<Result<void, AppError>>,
): {
  readonly state: ScannerState;
  readonly refusal: AppError | null;
  readonly retry: () => void;
} {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<ScannerState>({ kind: "starting" });
  const [refusal, setRefusal] = useState<AppError | null>(null);

  useEffect(() => {
    const closing = new AbortController();
    const { signal } = closing;
    void run();
    return () => closing.abort();

    async function run(): Promise<void> {
      const camera = await openCamera();
      if (!camera.ok) {
        if (!signal.aborted) setState({ kind: "problem", problem: camera.problem });
        return;
      }
      const { stream } = camera;
      if (signal.aborted || video.current === null) {
        closeCamera(stream);
        return;
      }
      signal.addEventListener("abort", () => closeCamera(stream));
      setState({ kind: "live" });
      const scanned = await scanVideo(video.current, stream, { signal, onCode: take });
      closeCamera(stream);
      if (!signal.aborted && scanned === "ended") setState({ kind: "problem", problem: "in_use" });
    }

    async function take(code: Uint8Array): Promise<boolean> {
      const taken = await onScanned(code);
      if (!signal.aborted) setRefusal(taken.ok ? null : taken.error);
      return taken.ok;
    }
    // A new callback is no reason to turn the camera off and on.
    // oxlint-disable-next-line react/exhaustive-deps -- see above
  }, [attempt]);

  return {
    state,
    refusal,
    retry() {
      setState({ kind: "starting" });
      setAttempt((count) => count + 1);
    },
  };
}
