import { useEffect, useRef } from "react";
import styles from "./StepHeading.module.css";

interface StepHeadingProps {
  children: string;
  /** On the first step the screen's own heading has the focus already. */
  takesFocus?: boolean;
}

/** A step's heading; takes the focus when the step comes up. */
export function StepHeading({ children, takesFocus = true }: StepHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <h2 className={styles.heading} ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
}
