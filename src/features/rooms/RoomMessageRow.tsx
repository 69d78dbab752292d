import { describeDecryptionFailure } from "@/copy/describeDecryptionFailure";
import { formatDateTime, formatMoment } from "@/copy/formatTime";
import type { RoomMessage } from "@/domain/ports";
import styles from "./Rooms.module.css";
import { shortenText } from "./shortenText";

/** One message: who, when, and its text, or why it cannot be read. Text only, whatever it says. */
export function RoomMessageRow({ message, now }: { message: RoomMessage; now: number }) {
  const { sender, sentAt, text, failureCode } = message;
  return (
    <li
      className={styles.message}
      data-testid="room-message"
      data-readable={text !== null}
      data-failure={text === null ? (failureCode ?? "UNKNOWN_ERROR") : undefined}
    >
      <div className={styles.meta}>
        <bdi className={styles.sender}>{shortenText(sender, 80)}</bdi>
        <time dateTime={new Date(sentAt).toISOString()} title={formatDateTime(sentAt)}>
          {formatMoment(sentAt, now)}
        </time>
      </div>
      {text === null ? (
        <p className={styles.unreadable}>
          Cannot be read. {describeDecryptionFailure(failureCode)}
        </p>
      ) : (
        <p className={styles.text} dir="auto">
          {shortenText(text, 500)}
        </p>
      )}
    </li>
  );
}
