import { shortenText } from "@/copy/shortenText";
import styles from "./Restore.module.css";

interface RoomLabelProps {
  roomId: string;
  names: ReadonlyMap<string, string>;
}

/**
 * What a room is called, or its id where no name is known. Both are other people's text: what stands
 * as a room id in a backup is the server's word and can be anything.
 */
export function RoomLabel({ roomId, names }: RoomLabelProps) {
  return <bdi className={styles.roomId}>{shortenText(names.get(roomId) ?? roomId, 120)}</bdi>;
}
