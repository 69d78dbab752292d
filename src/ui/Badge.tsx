import type { ReactNode } from "react";
import styles from "./Badge.module.css";

interface BadgeProps {
  tone: "neutral" | "success" | "warning" | "critical";
  children: ReactNode;
}

/** A short word of state. The words carry the meaning; the colour only helps. */
export function Badge({ tone, children }: BadgeProps) {
  return <span className={`${styles.badge} ${styles[tone]}`}>{children}</span>;
}
