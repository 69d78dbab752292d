import { useId } from "react";
import type { ReactNode } from "react";
import styles from "./Card.module.css";

interface CardProps {
  /** A second-level heading; it also names the region. */
  title?: string | undefined;
  children: ReactNode;
  actions?: ReactNode;
}

/** A raised surface for one subject. */
export function Card({ title, children, actions }: CardProps) {
  const id = useId();
  const body = (
    <>
      {title === undefined ? null : (
        <h2 className={styles.title} id={id}>
          {title}
        </h2>
      )}
      <div className={styles.body}>{children}</div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </>
  );
  if (title === undefined) return <div className={styles.card}>{body}</div>;
  return (
    <section className={styles.card} aria-labelledby={id}>
      {body}
    </section>
  );
}
