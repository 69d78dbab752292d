import styles from "./Frame.module.css";

/** The one first-level heading of a screen. It can take the focus, as screens change. */
export function Heading({ children }: { children: string }) {
  return (
    <h1 className={styles.title} tabIndex={-1}>
      {children}
    </h1>
  );
}
