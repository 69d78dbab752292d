import { forgeRoomKey, type Damage, type ForgedKey } from "./forgeRoomKey.ts";
import type { MatrixApi } from "./MatrixApi.ts";
import type { ServerRoomKey } from "./matrixApiTypes.ts";

/** What `seedBackup` puts where. */
export interface SeedBackupOptions {
  /** Signed in as the owner of the backup. */
  readonly api: MatrixApi;
  readonly version: string;
  /** `auth_data.public_key` of that version. */
  readonly backupPublicKey: string;
  /** The rooms the keys are filed under, in turn. */
  readonly rooms: readonly string[];
  /** How many whole keys to make. */
  readonly count: number;
  /** How many damaged ones to make besides, by kind. */
  readonly damaged?: Readonly<Partial<Record<Damage, number>>>;
  readonly onProgress?: (uploaded: number, total: number) => void;
}

/** What was uploaded, and what the server says afterwards. */
export interface SeededBackup {
  readonly whole: readonly ForgedKey[];
  readonly damaged: readonly ForgedKey[];
  /** The server's count of the whole backup after the last upload. */
  readonly count: number;
  readonly etag: string;
}

// Synapse on SQLite fails on a request that names some thousand rooms, or on a body above 50 MB.
const keysPerRequest = 2_000;
const roomsPerRequest = 800;

/** Forges backup entries and uploads them, as many per request as Synapse takes. */
export async function seedBackup(options: SeedBackupOptions): Promise<SeededBackup> {
  const { api, version, backupPublicKey, rooms, count } = options;
  if (rooms.length === 0) throw new Error("seedBackup needs at least one room");
  const roomOf = (index: number): string => rooms[index % rooms.length] ?? "";

  const plan: (Damage | null)[] = Array.from({ length: count }, () => null);
  for (const [kind, times] of Object.entries(options.damaged ?? {})) {
    for (let made = 0; made < times; made += 1) plan.push(kind as Damage);
  }

  const keys: ForgedKey[] = [];
  let totals = { count: (await api.backupVersion(version))?.count ?? 0, etag: "" };
  let batch: ForgedKey[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    totals = await api.putRoomKeys(version, groupByRoom(batch));
    keys.push(...batch);
    batch = [];
    options.onProgress?.(keys.length, plan.length);
  };
  let roomsInBatch = new Set<string>();
  for (const [index, damage] of plan.entries()) {
    const key = forgeRoomKey(backupPublicKey, roomOf(index), damage);
    const full = batch.length >= keysPerRequest;
    if (full || (roomsInBatch.size >= roomsPerRequest && !roomsInBatch.has(key.roomId))) {
      await flush();
      roomsInBatch = new Set();
    }
    batch.push(key);
    roomsInBatch.add(key.roomId);
  }
  await flush();
  return {
    whole: keys.filter((key) => key.damage === null),
    damaged: keys.filter((key) => key.damage !== null),
    ...totals,
  };
}

/** The body of `PUT /room_keys/keys`. */
function groupByRoom(
  keys: readonly ForgedKey[],
): Record<string, { sessions: Record<string, ServerRoomKey> }> {
  const rooms: Record<string, { sessions: Record<string, ServerRoomKey> }> = {};
  for (const key of keys) {
    const room = (rooms[key.roomId] ??= { sessions: {} });
    room.sessions[key.sessionId] = key.entry;
  }
  return rooms;
}
