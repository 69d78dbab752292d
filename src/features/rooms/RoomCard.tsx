import { formatCount, formatRoomKeys } from "@/copy/formatNumber";
import { shortenText } from "@/copy/shortenText";
import type { OldKeys } from "@/domain/oldKeys";
import type { EncryptedRoom } from "@/domain/rooms";
import type { RoomsRestore } from "@/state/roomHooks";
import { Badge } from "@/ui/Badge";
import { useId } from "react";
import { groupMessages } from "./groupMessages";
import { RoomMessageRow } from "./RoomMessageRow";
import { RoomRestore } from "./RoomRestore";
import styles from "./Rooms.module.css";

interface RoomCardProps {
  room: EncryptedRoom;
  /** Room keys held on this device for this room; null while not counted. */
  keys: number | null;
  now: number;
  /** Null while no restore runs. */
  restore: RoomsRestore | null;
  /** Where keys of old messages could come from. */
  oldKeys: OldKeys;
}

/** One encrypted room: its keys here, and its last messages as this device can read them. */
export function RoomCard({ room, keys, now, restore, oldKeys }: RoomCardProps) {
  const nameId = useId();
  const groups = groupMessages(room.messages);
  const unreadable = groups.filter(({ first }) => first.text === null);
  const total = unreadable.reduce((sum, { count }) => sum + count, 0);
  return (
    <li
      className={styles.room}
      data-testid="room"
      data-room-id={room.roomId}
      data-keys={keys ?? undefined}
      data-restore={restoreStateOf(room.roomId, restore)}
    >
      <div className={styles.roomHead}>
        <h2 className={styles.roomName} id={nameId}>
          <bdi>{shortenText(room.name, 120)}</bdi>
        </h2>
        {keys === null ? null : <Badge tone="neutral">{formatRoomKeys(keys)} here</Badge>}
        {restore === null ? null : (
          <RoomRestore roomId={room.roomId} nameId={nameId} restore={restore} />
        )}
      </div>
      {room.messages.length === 0 ? (
        <p className={styles.quiet}>No messages loaded from this room.</p>
      ) : (
        <ul className={styles.messages}>
          {groups.map((group) => (
            <RoomMessageRow key={group.first.eventId} group={group} now={now} oldKeys={oldKeys} />
          ))}
        </ul>
      )}
      {unreadable.length < 2 ? null : (
        <p className={styles.quiet}>
          {formatCount(total, "message")} of these {room.messages.length} cannot be read on this
          device.
        </p>
      )}
    </li>
  );
}

/** For tests, and for people helping each other: "offered", "asked" or "ready" while a restore runs. */
function restoreStateOf(roomId: string, restore: RoomsRestore | null): string | undefined {
  if (restore === null) return undefined;
  if (restore.readyRooms.has(roomId)) return "ready";
  return restore.askedRooms.has(roomId) ? "asked" : "offered";
}
