import { useEffect, useRef } from "react";
import styles from "./StepHeading.module.css";

/** The how-manieth of how many steps. */
export interface StepPlace {
  readonly now: number;
  readonly of: number;
}

interface StepHeadingProps {
  children: string;
  place?: StepPlace | undefined;
  /** On the first step the screen's own heading has the focus already. */
  takesFocus?: boolean;
}

/** A step's heading; takes the focus when the step comes up. */
export function StepHeading({ children, place, takesFocus = true }: StepHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);
  return (
    <div>
      {place === undefined ? null : (
        <p className={styles.place}>
          Step {place.now} of {place.of}
        </p>
      )}
      <h2 className={styles.heading} ref={heading} tabIndex={-1}>
        {children}
      </h2>
    </div>
  );
}
