import { useState } from "react";
import { Button } from "@/ui/Button";
import { Details } from "@/ui/Details";
import styles from "./ErrorReport.module.css";

/** Redacted facts for a report, folded, to read before they are copied. */
export function ErrorReport({ lines }: { lines: readonly string[] }) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  const text = [...lines, `browser: ${navigator.userAgent}`].join("\n");

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      setCopied("failed");
    }
  }

  return (
    <Details summary="Details for a report">
      <pre className={styles.report}>{text}</pre>
      <div className={styles.row}>
        <Button variant="secondary" onClick={() => void copy()}>
          Copy details
        </Button>
        <output>
          {copied === "yes" ? "Copied." : copied === "failed" ? "Select the text to copy it." : ""}
        </output>
      </div>
    </Details>
  );
}
