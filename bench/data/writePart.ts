import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { randomBytes } from "node:crypto";
import { forgeRoomKey } from "../../e2e/support/forgeRoomKey.ts";
import { SEPARATOR, type BackupPart, type RoomSpan } from "./backupFormat.ts";

/** What one generating thread is given to do. */
export interface PartJob {
  readonly path: string;
  readonly publicKey: string;
  /** Keys per room. */
  readonly rooms: readonly number[];
}

/**
 * Writes rooms of forged keys, each key with a session and an ephemeral key of its own, as clients
 * upload them.
 */
export async function writePart(job: PartJob): Promise<BackupPart> {
  const file = createWriteStream(job.path);
  const rooms: RoomSpan[] = [];
  let at = 0;
  for (const keys of job.rooms) {
    const roomId = `!${randomBytes(9).toString("base64url")}:bench.example`;
    const head = `${rooms.length === 0 ? "" : SEPARATOR}${JSON.stringify(roomId)}:`;
    const sessions = Array.from({ length: keys }, () => {
      const { sessionId, entry } = forgeRoomKey(job.publicKey, roomId);
      return `${JSON.stringify(sessionId)}:${JSON.stringify(entry)}`;
    });
    // ASCII throughout, so letters are bytes.
    const text = `${head}{"sessions":{${sessions.join(",")}}}`;
    rooms.push({ roomId, start: at + head.length, end: at + text.length, keys });
    at += text.length;
    if (!file.write(text, "latin1")) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  return { path: job.path, bytes: at, rooms };
}
