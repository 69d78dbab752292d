import CheckCircleIcon from "@vector-im/compound-design-tokens/assets/web/icons/check-circle-solid";
import ErrorIcon from "@vector-im/compound-design-tokens/assets/web/icons/error";
import InfoIcon from "@vector-im/compound-design-tokens/assets/web/icons/info-solid";
import WarningIcon from "@vector-im/compound-design-tokens/assets/web/icons/warning";
import type { ReactNode } from "react";
import styles from "./Alert.module.css";

interface AlertProps {
  tone: "critical" | "warning" | "info" | "success";
  title: string;
  children?: ReactNode;
  /** A button with the next step. */
  action?: ReactNode;
  /** The kind of the error, for tests and for people helping each other. */
  code?: string | undefined;
  testId?: string | undefined;
  /** Something else on the page tells listeners of it, or it changes too often for them. */
  quiet?: boolean;
}

const ICONS = {
  critical: ErrorIcon,
  warning: WarningIcon,
  info: InfoIcon,
  success: CheckCircleIcon,
};

/** A message beside the thing it is about. A critical one is announced at once. */
export function Alert({ tone, title, children, action, code, testId, quiet = false }: AlertProps) {
  const Icon = ICONS[tone];
  const critical = tone === "critical";
  return (
    <div
      className={`${styles.alert} ${styles[tone]}`}
      role={critical ? "alert" : quiet ? undefined : "status"}
      data-testid={critical ? "error" : testId}
      data-code={code}
    >
      <Icon className={styles.icon} aria-hidden="true" />
      <div className={styles.text}>
        <p className={styles.title}>{title}</p>
        {children ? <div className={styles.body}>{children}</div> : null}
        {action ? <div className={styles.action}>{action}</div> : null}
      </div>
    </div>
  );
}
