import type { BackupVersion } from "@/domain/backup";
import type { BackupSeen } from "@/domain/backupNotice";
import type { KeyTestResult, LastKeyTest } from "@/domain/keyTest";
import type { InterruptedRestore, LastRestore } from "@/domain/restoreJob";

/** What this browser remembers of a user's backup between visits. Public facts and numbers only. */
export interface UserMemory {
  readonly seen: BackupSeen | null;
  readonly lastRestore: LastRestore | null;
  /** The restore that began last, until it ends. */
  readonly interrupted: InterruptedRestore | null;
  /** The newest test of the saved recovery key: its time, version and result. */
  readonly lastKeyTest: LastKeyTest | null;
  /** The version that a recovery key or passphrase was proven to open in this browser. */
  readonly provenVersion: BackupVersion | null;
}

export interface Memory {
  read(userId: string): UserMemory;
  write(userId: string, changes: Partial<UserMemory>): void;
  clear(userId: string): void;
}

const nothing: UserMemory = {
  seen: null,
  lastRestore: null,
  interrupted: null,
  lastKeyTest: null,
  provenVersion: null,
};

/**
 * Memory in `localStorage`, or what a test gives instead. Without storage, or when it is full or
 * holds something else, the page works as if it had never seen the user.
 */
export function createMemory(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null,
): Memory {
  const keyOf = (userId: string): string => `key-backup.memory.${userId}`;
  const read = (userId: string): UserMemory => {
    try {
      return parse(JSON.parse(storage?.getItem(keyOf(userId)) ?? "null"));
    } catch {
      return nothing;
    }
  };
  return {
    read,
    write(userId, changes) {
      try {
        storage?.setItem(keyOf(userId), JSON.stringify({ ...read(userId), ...changes }));
      } catch {
        // Full or forbidden: a notice may be shown twice, nothing else comes of it.
      }
    },
    clear(userId) {
      try {
        storage?.removeItem(keyOf(userId));
      } catch {
        // Forbidden: then nothing was ever written.
      }
    },
  };
}

function parse(data: unknown): UserMemory {
  if (!isRecord(data)) return nothing;
  return {
    seen: parseSeen(data["seen"]),
    lastRestore: parseLastRestore(data["lastRestore"]),
    interrupted: parseInterrupted(data["interrupted"]),
    lastKeyTest: parseLastKeyTest(data["lastKeyTest"]),
    provenVersion: isVersion(data["provenVersion"]) ? data["provenVersion"] : null,
  };
}

function parseSeen(data: unknown): BackupSeen | null {
  if (!isRecord(data)) return null;
  const { version, publicKey, at } = data;
  if (!isVersion(version) || typeof at !== "number") return null;
  if (publicKey !== null && typeof publicKey !== "string") return null;
  // Records of earlier builds have neither.
  const { count, earlier } = data;
  return {
    version,
    publicKey,
    at,
    count: isCount(count) ? count : null,
    earlier: Array.isArray(earlier) ? earlier.filter(isVersion) : [],
    ...(data["wasGone"] === true ? { wasGone: true } : {}),
  };
}

function parseLastRestore(data: unknown): LastRestore | null {
  if (!isRecord(data)) return null;
  const { version, at, imported, already, failed, missing } = data;
  if (!isVersion(version) || !isCount(at) || !isCount(imported) || !isCount(already)) return null;
  if (!isCount(failed) || !isCount(missing)) return null;
  // Records of earlier builds have no speed.
  const { keysPerSecond } = data;
  const speed = isCount(keysPerSecond) && keysPerSecond > 0 ? keysPerSecond : null;
  return { version, at, imported, already, failed, missing, keysPerSecond: speed };
}

function parseInterrupted(data: unknown): InterruptedRestore | null {
  if (!isRecord(data)) return null;
  const { version, deviceId } = data;
  return isVersion(version) && typeof deviceId === "string" ? { version, deviceId } : null;
}

const KEY_TEST_RESULTS: readonly KeyTestResult[] = ["works", "partly", "fails"];

function parseLastKeyTest(data: unknown): LastKeyTest | null {
  if (!isRecord(data)) return null;
  const { at, version } = data;
  const result = KEY_TEST_RESULTS.find((known) => known === data["result"]);
  if (result === undefined || !isCount(at)) return null;
  if (version !== null && !isVersion(version)) return null;
  return { at, version, result, against: parseAgainst(data["against"]) };
}

function parseAgainst(data: unknown): LastKeyTest["against"] {
  if (!isRecord(data)) return null;
  const { keyId, masterKey } = data;
  const isText = (value: unknown): value is string | null =>
    value === null || typeof value === "string";
  return isText(keyId) && isText(masterKey) ? { keyId, masterKey } : null;
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function isVersion(data: unknown): data is BackupVersion {
  return typeof data === "string" && data !== "";
}

function isCount(data: unknown): data is number {
  return typeof data === "number" && data >= 0;
}
