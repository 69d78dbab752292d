import { useLayoutEffect, useRef } from "react";
import styles from "./RecoveryKey.module.css";

interface SecretTextProps {
  /** Gives the secret. Called only to write it on the page; it passes through no prop or state. */
  read: () => string;
  testId?: string;
}

/** Shows a secret while mounted and takes it out of the page when it goes. */
export function SecretText({ read, testId }: SecretTextProps) {
  const element = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const node = element.current;
    if (node !== null) node.textContent = read();
    return () => {
      if (node !== null) node.textContent = "";
    };
  }, [read]);
  return <p ref={element} className={styles.key} translate="no" data-testid={testId} />;
}
