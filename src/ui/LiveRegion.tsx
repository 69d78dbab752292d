import styles from "./LiveRegion.module.css";

/** Politely announces `message` when it changes. Keep it mounted; most readers miss a new region. */
export function LiveRegion({ message }: { message: string }) {
  return (
    <div className={styles.hidden} aria-live="polite" aria-atomic="true">
      {message}
    </div>
  );
}
