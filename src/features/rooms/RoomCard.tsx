import { formatCount, formatRoomKeys } from "@/copy/formatNumber";
import type { EncryptedRoom } from "@/domain/ports";
import { Badge } from "@/ui/Badge";
import { groupMessages } from "./groupMessages";
import { RoomMessageRow } from "./RoomMessageRow";
import styles from "./Rooms.module.css";
import { shortenText } from "./shortenText";

interface RoomCardProps {
  room: EncryptedRoom;
  /** Room keys held on this device for this room; null while not counted. */
  keys: number | null;
  now: number;
}

/** One encrypted room: its keys here, and its last messages as this device can read them. */
export function RoomCard({ room, keys, now }: RoomCardProps) {
  const groups = groupMessages(room.messages);
  const unreadable = groups.filter(({ first }) => first.text === null);
  const total = unreadable.reduce((sum, { count }) => sum + count, 0);
  return (
    <li
      className={styles.room}
      data-testid="room"
      data-room-id={room.roomId}
      data-keys={keys ?? undefined}
    >
      <div className={styles.roomHead}>
        <h2 className={styles.roomName}>
          <bdi>{shortenText(room.name, 120)}</bdi>
        </h2>
        {keys === null ? null : <Badge tone="neutral">{formatRoomKeys(keys)} here</Badge>}
      </div>
      {room.messages.length === 0 ? (
        <p className={styles.quiet}>No messages loaded from this room.</p>
      ) : (
        <ul className={styles.messages}>
          {groups.map((group) => (
            <RoomMessageRow key={group.first.eventId} group={group} now={now} />
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
