import { Progress } from "@base-ui/react/progress";
import styles from "./ProgressBar.module.css";

interface ProgressBarProps {
  label: string;
  /** Null while the amount is not known: the bar says so instead of guessing. */
  value: number | null;
  max: number;
  /** The measure in words, for example "120 of 2,000 keys". Shown and announced. */
  valueText: string;
  testId?: string | undefined;
  data?: Record<`data-${string}`, string> | undefined;
}

/** A determinate or indeterminate progress bar with its measure in words. */
export function ProgressBar({ label, value, max, valueText, testId, data }: ProgressBarProps) {
  return (
    <Progress.Root
      {...data}
      className={styles.progress}
      value={value}
      max={max}
      getAriaValueText={() => valueText}
      data-testid={testId}
    >
      <Progress.Label className={styles.label}>{label}</Progress.Label>
      <span className={styles.value} aria-hidden="true">
        {valueText}
      </span>
      <Progress.Track className={styles.track}>
        <Progress.Indicator className={styles.indicator} />
      </Progress.Track>
    </Progress.Root>
  );
}
