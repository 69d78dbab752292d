import { describeUnreadable, isFromBefore } from "@/copy/describeDecryptionFailure";
import { formatDateTime, formatMoment } from "@/copy/formatTime";
import type { OldKeys } from "@/domain/oldKeys";
import { hrefOf } from "@/lib/route";
import type { MessageGroup } from "./groupMessages";
import styles from "./Rooms.module.css";
import { shortenText } from "@/copy/shortenText";

interface RoomMessageRowProps {
  group: MessageGroup;
  now: number;
  oldKeys: OldKeys;
}

/**
 * One message: who, when, and its text; or several in a row that cannot be read, and why. Text only,
 * whatever it says.
 */
export function RoomMessageRow({ group, now, oldKeys }: RoomMessageRowProps) {
  const { first, last, count } = group;
  const { text, failureCode } = first;
  return (
    <li
      className={styles.message}
      data-testid="room-message"
      data-readable={text !== null}
      data-failure={text === null ? (failureCode ?? "UNKNOWN_ERROR") : undefined}
      data-count={count}
    >
      <div className={styles.meta}>
        {count === 1 ? <bdi className={styles.sender}>{shortenText(first.sender, 80)}</bdi> : null}
        <span>
          <Moment at={first.sentAt} now={now} />
          {formatMoment(first.sentAt, now) === formatMoment(last.sentAt, now) ? null : (
            <>
              {" – "}
              <Moment at={last.sentAt} now={now} />
            </>
          )}
        </span>
      </div>
      {text === null ? (
        <p className={styles.unreadable}>
          {describeUnreadable(failureCode, count, oldKeys)}
          {isFromBefore(failureCode) ? <WayToKeys oldKeys={oldKeys} /> : null}
        </p>
      ) : (
        <p className={styles.text} dir="auto">
          {shortenText(text, 500)}
        </p>
      )}
    </li>
  );
}

/** What brings the keys, where something can. */
function WayToKeys({ oldKeys }: { oldKeys: OldKeys }) {
  switch (oldKeys) {
    case "locked":
      return (
        <>
          {" "}
          <a href={hrefOf("unlock")}>Enter recovery key</a>
        </>
      );
    case "restore":
      return (
        <>
          {" "}
          <a href={hrefOf("restore")}>Restore history</a>
        </>
      );
    default:
      return null;
  }
}

function Moment({ at, now }: { at: number; now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
      {formatMoment(at, now)}
    </time>
  );
}
