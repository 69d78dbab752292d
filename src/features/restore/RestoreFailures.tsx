import { describeRestoreFailure } from "@/copy/describeRestoreFailure";
import { formatCount, formatNumber } from "@/copy/formatNumber";
import { failedCount, type RestoreFailureReason, type RestoreReport } from "@/domain/restore";
import { Details } from "@/ui/Details";
import { groupFailures } from "./groupFailures";
import styles from "./Restore.module.css";
import { RoomLabel } from "./RoomLabel";

const ROOMS_SHOWN = 50;

/** Failures folded: by reason with what can be done, then by room, worst first. */
export function RestoreFailures({
  report,
  roomNames,
}: {
  report: RestoreReport;
  roomNames: ReadonlyMap<string, string>;
}) {
  const failed = failedCount(report.tally);
  if (failed === 0) return null;
  const rooms = groupFailures(report.failures);
  return (
    <Details summary={`Why ${formatCount(failed, "key")} failed`}>
      <ul className={styles.reasons}>
        {reasonsOf(report).map(([reason, count]) => {
          const words = describeRestoreFailure(reason);
          return (
            <li key={reason}>
              <strong>
                {words.title}: {formatNumber(count)}
              </strong>
              <br />
              {words.body}
            </li>
          );
        })}
      </ul>
      <h3 className={styles.subheading}>By room</h3>
      <ul className={styles.reasons}>
        {rooms.slice(0, ROOMS_SHOWN).map((room) => (
          <li key={room.roomId}>
            <RoomLabel roomId={room.roomId} names={roomNames} />:{" "}
            {room.reasons
              .map(
                ({ reason, count }) =>
                  `${formatNumber(count)} ${describeRestoreFailure(reason).title.toLowerCase()}`,
              )
              .join(", ")}
          </li>
        ))}
      </ul>
      {rooms.length > ROOMS_SHOWN ? (
        <p>{formatCount(rooms.length - ROOMS_SHOWN, "more room")} in the report.</p>
      ) : null}
      {report.failures.length < failed ? (
        <p>
          The list by room covers the first {formatNumber(report.failures.length)} failures; the
          counts by reason cover all of them.
        </p>
      ) : null}
    </Details>
  );
}

function reasonsOf(report: RestoreReport): [RestoreFailureReason, number][] {
  const { failed } = report.tally;
  const all: [RestoreFailureReason, number][] = [
    ["undecryptable", failed.undecryptable],
    ["malformed", failed.malformed],
    ["rejected", failed.rejected],
    ["wrong_algorithm", failed.wrong_algorithm],
    ["too_large", failed.too_large],
    ["bad_room_id", failed.bad_room_id],
  ];
  return all.filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a);
}
