import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export interface Fact {
  /** Unique in its list when `term` is not a string. */
  key?: string;
  term: ReactNode;
  value: ReactNode;
  testId?: string | undefined;
  data?: Record<`data-${string}`, string> | undefined;
}

/** A list of terms and their values. `testId` and `data` go to the row. */
export function Facts({ rows }: { rows: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map((row, index) => (
        <div
          key={row.key ?? (typeof row.term === "string" ? row.term : index)}
          className={styles.row}
          data-testid={row.testId}
          {...row.data}
        >
          <dt className={styles.term}>{row.term}</dt>
          <dd className={styles.value}>{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
