import styles from "./Spinner.module.css";

/** A quiet sign of work under way. With `label` it is shown and announced; without, decoration. */
export function Spinner({ label }: { label?: string | undefined }) {
  const wheel = <span className={styles.wheel} aria-hidden="true" />;
  if (label === undefined) return wheel;
  return (
    <output className={styles.row}>
      {wheel}
      <span>{label}</span>
    </output>
  );
}
