import { useEffect, useId, useRef, type ReactNode } from "react";
import { Card } from "@/ui/Card";
import styles from "./Verify.module.css";

interface StepProps {
  title: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
}

/** One step of the verification. Takes the focus when the button that led to it is gone. */
export function Step({ title, children, actions }: StepProps) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <section aria-labelledby={id}>
      <Card actions={actions}>
        <div className={styles.step}>
          <h2 className={styles.stepHeading} id={id} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {children}
        </div>
      </Card>
    </section>
  );
}
