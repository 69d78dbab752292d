import ChevronRightIcon from "@vector-im/compound-design-tokens/assets/web/icons/chevron-right";
import type { ReactNode } from "react";
import styles from "./Details.module.css";

/** Folded matter. The browser's own element, so that find-in-page opens it. */
export function Details({ summary, children }: { summary: string; children: ReactNode }) {
  return (
    <details className={styles.details}>
      <summary className={styles.summary}>
        <ChevronRightIcon className={styles.chevron} aria-hidden="true" />
        {summary}
      </summary>
      <div className={styles.body}>{children}</div>
    </details>
  );
}
