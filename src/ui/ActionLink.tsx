import type { ReactNode } from "react";
import styles from "./Button.module.css";

interface ActionLinkProps {
  href: string;
  variant?: "primary" | "secondary" | "tertiary";
  children: ReactNode;
}

/** A link that stands beside buttons. */
export function ActionLink({ href, variant = "tertiary", children }: ActionLinkProps) {
  return (
    <a className={`${styles.button} ${styles[variant]}`} href={href}>
      {children}
    </a>
  );
}
