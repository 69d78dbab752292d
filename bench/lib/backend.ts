import { randomBytes } from "node:crypto";
import type { BackupFiles } from "../data/ensureBackup.ts";
import type { SessionWish } from "../page/benchApi.ts";
import { BACKUP_VERSION, startHomeserver } from "../server/startHomeserver.ts";

/** A homeserver with a backup on it. */
export interface Backend {
  readonly count: number;
  /** The room that is taken to be the one used last. */
  readonly lastUsedRoom: { readonly roomId: string; readonly keys: number } | null;
  /** A signed-in device that has restored nothing yet. */
  newSession(options: { readonly encryptedStore: boolean }): Promise<SessionWish>;
  setLink(bitsPerSecond: number | null): void;
  close(): Promise<void>;
}

/** A random storage key, or null for a store that is not encrypted. */
export function storageKey(encryptedStore: boolean): string | null {
  return encryptedStore ? randomBytes(32).toString("base64") : null;
}

/** Our own server with a generated backup. */
export async function startSyntheticBackend(backup: BackupFiles): Promise<Backend> {
  const server = await startHomeserver(backup);
  const { index } = backup;
  // In the middle of the body: neither the first nor the last to come by itself.
  const middle = index.rooms[Math.floor(index.rooms.length / 2)];
  return {
    count: index.count,
    lastUsedRoom: middle === undefined ? null : { roomId: middle.roomId, keys: middle.keys },
    newSession: ({ encryptedStore }) =>
      Promise.resolve({
        homeserverUrl: server.url,
        userId: "@bench:bench.example",
        deviceId: `BENCH${randomBytes(4).toString("hex").toUpperCase()}`,
        accessToken: "token",
        storageKey: storageKey(encryptedStore),
        version: BACKUP_VERSION,
        backupKey: index.privateKey,
      }),
    setLink: (bitsPerSecond) => server.setLink(bitsPerSecond),
    close: () => server.close(),
  };
}
