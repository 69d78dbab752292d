import { describeError } from "@/copy/describeError";
import { readingError, type Reading } from "@/domain/reading";
import styles from "./Overview.module.css";
import { RelativeTime } from "./RelativeTime";

/** When a value was read, and why there is no newer one. */
export function ReadingAge({ reading }: { reading: Reading<unknown> }) {
  const error = readingError(reading);
  switch (reading.status) {
    case "unread":
      return <p className={styles.quiet}>Not read yet.</p>;
    case "known":
      return (
        <p className={styles.quiet}>
          Last checked <RelativeTime at={reading.at} />.
        </p>
      );
    case "stale":
      return (
        <p className={styles.quiet}>
          These are values of <RelativeTime at={reading.at} />. They could not be read again.
        </p>
      );
    case "failed":
      return (
        <p className={styles.quiet}>
          Could not be read: {error === null ? "" : describeError(error).title}.
        </p>
      );
  }
}
