import type { AccountDevice } from "@/domain/accountDevices";
import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "@/domain/backup";
import { unsupportedReason } from "@/domain/backupState";
import type { AppError } from "@/domain/errors";
import type { KeyEntryOptions } from "@/domain/keyEntry";
import type { LiveSession } from "@/domain/ports";
import type { EncryptedRoom, RoomName } from "@/domain/rooms";
import { lastValue, type Reading, UNREAD } from "@/domain/reading";
import type { OwnDevice } from "@/domain/verification";
import type { BackupWish } from "@/domain/removal";
import type { UnfinishedRemoval } from "@/domain/removalPorts";
import type { Result } from "@/domain/result";
import { hashKey, queryOptions } from "@tanstack/react-query";
import { createBackoff } from "./backoff";
import { withoutThrowing } from "./withoutThrowing";

/** A version made, replaced or deleted elsewhere shows within this time. No server push exists. */
export const POLL_MS = 30_000;
/** Coming back to the page within this time does not ask again. */
const FRESH_MS = 5_000;

/** While keys wait for their upload, their number is followed more closely. */
const WAITING_POLL_MS = 10_000;
/** A store this large takes long to count, and is busy meanwhile. */
export const LARGE_STORE = 50_000;
const LARGE_STORE_POLL_MS = 300_000;
const LARGE_STORE_WAITING_POLL_MS = 60_000;

/** Time until room keys are counted again: no event tells of one that arrived, or waits in vain. */
export function roomKeysPollMs(roomKeys: Reading<RoomKeyCounts>): number {
  const counts = lastValue(roomKeys);
  if (counts === undefined) return POLL_MS;
  const waiting = counts.total > counts.backedUp;
  if (counts.total < LARGE_STORE) return waiting ? WAITING_POLL_MS : POLL_MS;
  return waiting ? LARGE_STORE_WAITING_POLL_MS : LARGE_STORE_POLL_MS;
}

export type KeyBackupQueryName =
  | "backup"
  | "backupWish"
  | "unfinished"
  | "trust"
  | "activeVersion"
  | "crossSigning"
  | "secretStorage"
  | "roomKeys"
  | "accountDevices"
  | "rooms"
  | "roomNames"
  | "roomKeyCounts"
  | "devices"
  | "keyEntryOptions";

/** The root of everything read through one session; a late answer of a closed one lands nowhere. */
export function sessionKey(sessionId: string) {
  return ["key-backup", sessionId] as const;
}

export function queryKey(sessionId: string, name: KeyBackupQueryName) {
  return [...sessionKey(sessionId), name] as const;
}

const bySession = new WeakMap<LiveSession, KeyBackupQueries>();

/** The queries of a session; the same object each time. */
export function queriesOf(session: LiveSession): KeyBackupQueries {
  const queries = bySession.get(session) ?? createQueries(session);
  bySession.set(session, queries);
  return queries;
}

export type KeyBackupQueries = ReturnType<typeof createQueries>;

/**
 * The cached data of each query is a Reading, so that a failed read keeps the last value beside
 * its error and is shown at once; react-query's own retries and error state are not used. Retrying
 * is an earlier next read. Secrets never come this way.
 */
function createQueries(session: LiveSession) {
  const { keyBackup, keyEntry, removal, accountDevices, rooms, verification, id } = session;
  const trust = (info: BackupInfo) =>
    readingOptions<BackupTrust>({
      key: trustKey(id, info),
      read: () => keyBackup.readTrust(info),
    });
  let lastTrust: ReturnType<typeof trust> | null = null;
  return {
    backup: readingOptions<BackupInfo | null>({
      key: queryKey(id, "backup"),
      read: (signal) => keyBackup.fetchBackupInfo(signal),
      pollMs: POLL_MS,
      freshMs: FRESH_MS,
    }),
    backupWish: readingOptions<BackupWish>({
      key: queryKey(id, "backupWish"),
      read: () => removal.readBackupWish(),
    }),
    /** What a crash or a lost connection has left half done. */
    unfinished: readingOptions<UnfinishedRemoval | null>({
      key: queryKey(id, "unfinished"),
      read: () => removal.readUnfinished(),
    }),
    trust: (info: BackupInfo) => {
      const hash = hashKey(trustKey(id, info));
      if (lastTrust === null || hashKey(lastTrust.queryKey) !== hash) lastTrust = trust(info);
      return lastTrust;
    },
    /** Polled, because a switch that no event tells of would go unseen; it costs no request. */
    activeVersion: readingOptions<BackupVersion | null>({
      key: queryKey(id, "activeVersion"),
      read: () => keyBackup.readActiveVersion(),
      pollMs: POLL_MS,
    }),
    crossSigning: readingOptions<CrossSigningStatus>({
      key: queryKey(id, "crossSigning"),
      read: () => keyBackup.readCrossSigning(),
    }),
    secretStorage: readingOptions<SecretStorageStatus>({
      key: queryKey(id, "secretStorage"),
      read: () => keyBackup.readSecretStorage(),
    }),
    roomKeys: readingOptions<RoomKeyCounts>({
      key: queryKey(id, "roomKeys"),
      read: () => keyBackup.countRoomKeys(),
      pollMs: roomKeysPollMs,
    }),
    /** No event tells of a sign-in elsewhere: read when it is looked at. */
    accountDevices: readingOptions<readonly AccountDevice[]>({
      key: queryKey(id, "accountDevices"),
      read: () => accountDevices.list(),
      freshMs: FRESH_MS,
    }),
    rooms: readingOptions<readonly EncryptedRoom[]>({
      key: queryKey(id, "rooms"),
      read: () => rooms.list(),
    }),
    /** Without messages: what a room is called, where only its id is at hand. */
    roomNames: readingOptions<readonly RoomName[]>({
      key: queryKey(id, "roomNames"),
      read: () => rooms.listLastUsed(),
    }),
    /** What can be entered to unlock. */
    keyEntryOptions: readingOptions<KeyEntryOptions>({
      key: queryKey(id, "keyEntryOptions"),
      read: () => keyEntry.readOptions(),
      freshMs: FRESH_MS,
    }),
    /** Reads the whole store: enabled on demand only. */
    roomKeyCounts: readingOptions<ReadonlyMap<string, number>>({
      key: queryKey(id, "roomKeyCounts"),
      read: () => rooms.countKeysByRoom(),
    }),
    devices: readingOptions<readonly OwnDevice[]>({
      key: queryKey(id, "devices"),
      read: () => verification.listDevices(),
      pollMs: POLL_MS,
      freshMs: FRESH_MS,
    }),
  };
}

/** Keyed by what is judged, so that trust in one backup is never taken for trust in another. */
function trustKey(sessionId: string, { version, algorithm, authData }: BackupInfo) {
  return [...queryKey(sessionId, "trust"), version, algorithm, authData] as const;
}

/**
 * The trust query for what was last read of the backup. Unread where there is nothing to judge, and
 * before the first sync, when nobody's signatures are known yet.
 */
export function trustOptions(
  session: LiveSession | null,
  backup: Reading<BackupInfo | null>,
  syncedOnce: boolean,
) {
  const info = lastValue(backup) ?? null;
  if (session === null || info === null || unsupportedReason(info) !== null || !syncedOnce) {
    return unreadOptions<BackupTrust>("trust");
  }
  return { ...queriesOf(session).trust(info), enabled: true };
}

/** What a hook observes while no session is open. */
export function unreadOptions<T>(name: KeyBackupQueryName) {
  return {
    ...readingOptions<T>({
      key: queryKey("none", name),
      read: () => Promise.resolve({ ok: false, error: { kind: "closed" } }),
    }),
    enabled: false,
  };
}

interface ReadingSource<T> {
  readonly key: readonly unknown[];
  readonly read: (signal: AbortSignal) => Promise<Result<T, AppError>>;
  /** Time between reads; without it only events and failures lead to another read. */
  readonly pollMs?: number | ((last: Reading<T>) => number);
  /** How long a value is taken as it is; without it until it is invalidated. */
  readonly freshMs?: number;
}

export type ReadingOptions<T> = ReturnType<typeof readingOptions<T>>;

function readingOptions<T>({ key, read, pollMs, freshMs }: ReadingSource<T>) {
  const backoff = createBackoff();
  const unread: Reading<T> = UNREAD;
  return queryOptions({
    queryKey: key,
    queryFn: async ({ client, signal }): Promise<Reading<T>> => {
      const result = await withoutThrowing(() => read(signal));
      // A cancelled read is dropped by react-query; it must not count as a failure either.
      if (!signal.aborted) backoff.note(result.ok ? null : result.error);
      return nextReading(client.getQueryData<Reading<T>>(key) ?? unread, result, Date.now());
    },
    initialData: unread,
    initialDataUpdatedAt: 0,
    staleTime: ({ state }) => (state.data?.status === "known" ? (freshMs ?? Infinity) : 0),
    refetchInterval: ({ state }) =>
      backoff.delayMs() ??
      (typeof pollMs === "function" ? pollMs(state.data ?? unread) : (pollMs ?? false)),
    refetchOnReconnect: true,
    refetchOnWindowFocus: true,
    retry: false,
    // The browser's idea of being offline is often wrong; asking finds out.
    networkMode: "always",
    // A Reading holds Maps and is replaced whole.
    structuralSharing: false,
  });
}

/** The Reading in a query's result; `data` is only missing in react-query's types. */
export function toReading<T>({ data }: { readonly data: Reading<T> | undefined }): Reading<T> {
  return data ?? UNREAD;
}

/** What is known after one more attempt to read. */
export function nextReading<T>(
  previous: Reading<T>,
  result: Result<T, AppError>,
  at: number,
): Reading<T> {
  if (result.ok) return { status: "known", value: result.value, at };
  const { error } = result;
  const value = lastValue(previous);
  if (value !== undefined && "at" in previous) {
    return { status: "stale", value, at: previous.at, error };
  }
  return { status: "failed", error, at: previous.status === "failed" ? previous.at : at };
}
