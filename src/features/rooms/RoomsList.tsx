import { describeError } from "@/copy/describeError";
import { formatCount, formatNumber } from "@/copy/formatNumber";
import type { OldKeys } from "@/domain/oldKeys";
import { lastValue, readingError } from "@/domain/reading";
import type { RoomsRestore, RoomsView } from "@/state/roomHooks";
import { Badge } from "@/ui/Badge";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { useState } from "react";
import { RoomCard } from "./RoomCard";
import styles from "./Rooms.module.css";

const PAGE = 50;

interface RoomsListProps extends RoomsView {
  /** Null while no restore runs. */
  restore: RoomsRestore | null;
  /** Where keys of old messages could come from. */
  oldKeys: OldKeys;
  /** The server cannot be reached: what is shown may be old. */
  offline: boolean;
}

/** All encrypted rooms, last used first. */
export function RoomsList({
  rooms,
  keyCounts,
  countKeys,
  restore,
  oldKeys,
  offline,
}: RoomsListProps) {
  const [now] = useState(() => Date.now());
  const [shown, setShown] = useState(PAGE);
  const list = lastValue(rooms);
  // What was counted before is no longer true of a store that is being filled.
  const counts = restore === null ? lastValue(keyCounts) : undefined;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.heading} tabIndex={-1}>
          Rooms
        </h1>
        {list === undefined ||
        list.length === 0 ||
        counts !== undefined ||
        restore !== null ? null : (
          <Button variant="secondary" onClick={countKeys}>
            Count keys
          </Button>
        )}
      </div>
      <p className={styles.quiet}>
        Your encrypted rooms with their latest messages, as this device can read them now.
        {counts === undefined ? null : ` ${inRooms(counts)}`}
      </p>
      {offline ? (
        <p>
          <Badge tone="warning">Offline</Badge> The homeserver cannot be reached.{" "}
          {list === undefined
            ? "Your rooms are not known before it answers."
            : "Newer messages may be missing here."}
        </p>
      ) : null}
      <Failure reading={rooms} what="The list of rooms could not be read" />
      <Failure reading={keyCounts} what="The keys could not be counted" retry={countKeys} />
      {list === undefined ? (
        rooms.status === "unread" && !offline ? (
          <Spinner label="Reading your rooms…" />
        ) : null
      ) : list.length === 0 ? (
        <p>You are in no encrypted room with this account.</p>
      ) : (
        <>
          <ul className={styles.rooms}>
            {list.slice(0, shown).map((room) => (
              <RoomCard
                key={room.roomId}
                room={room}
                now={now}
                restore={restore}
                oldKeys={oldKeys}
                keys={counts === undefined ? null : (counts.get(room.roomId) ?? 0)}
              />
            ))}
          </ul>
          {list.length > shown ? (
            <Button variant="secondary" onClick={() => setShown(shown + PAGE)}>
              Show more rooms ({formatNumber(list.length - shown)} left)
            </Button>
          ) : null}
        </>
      )}
    </div>
  );
}

function inRooms(counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return "There are no room keys on this device yet.";
  return `${formatCount(total, "room key")} for ${formatCount(counts.size, "room")} on this device, rooms you have left included.`;
}

interface FailureProps {
  reading: RoomsView["rooms"] | RoomsView["keyCounts"];
  what: string;
  retry?: () => void;
}

function Failure({ reading, what, retry }: FailureProps) {
  const error = readingError(reading);
  if (error === null) return null;
  const { title, body } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={what}
      code={error.kind}
      action={
        retry === undefined ? null : (
          <Button variant="secondary" onClick={retry}>
            Retry
          </Button>
        )
      }
    >
      <p>
        {title}. {body}
      </p>
    </Alert>
  );
}
