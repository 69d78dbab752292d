import { describeRestoreDifference, describeRestoreParts } from "@/copy/describeRestoreResult";
import { formatNumber } from "@/copy/formatNumber";
import { failedCount, missingCount, settledCount, type RestoreTally } from "@/domain/restore";
import styles from "./Restore.module.css";

interface RestoreNumbersProps {
  tally: RestoreTally;
  /** Names the moment: "Result of the restore", "So far". */
  caption: string;
  /** Whether keys not received count as missing; while paused they are simply not here yet. */
  ended: boolean;
}

/** The numbers as a sum: everything processed is newly stored, already here, or failed. */
export function RestoreNumbers({ tally, caption, ended }: RestoreNumbersProps) {
  const difference = describeRestoreDifference(tally);
  const left = missingCount(tally);
  return (
    <div className={styles.numbers}>
      <table className={styles.table}>
        <caption className={styles.caption}>{caption}</caption>
        <tbody>
          <Row name="Newly stored" value={tally.imported} />
          <Row name="Already here" value={tally.already} sign="+" />
          <Row name="Failed" value={failedCount(tally)} sign="+" />
        </tbody>
        <tbody className={styles.total}>
          <Row name="Keys processed" value={settledCount(tally)} sign="=" />
        </tbody>
        <tbody className={styles.total}>
          <Row
            name={ended ? "Missing: counted by the server, not received" : "Not downloaded yet"}
            value={left}
          />
        </tbody>
      </table>
      {describeRestoreParts(tally).map((part) => (
        <p key={part} className={styles.note}>
          {part}
        </p>
      ))}
      {ended && difference !== null ? <p className={styles.note}>{difference}</p> : null}
    </div>
  );
}

function Row({ name, value, sign }: { name: string; value: number; sign?: "+" | "=" }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {sign === undefined ? null : (
          <span className={styles.sign} aria-hidden="true">
            {sign}{" "}
          </span>
        )}
        {formatNumber(value)}
      </td>
    </tr>
  );
}
