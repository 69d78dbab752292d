import type { BackupVersion } from "@/domain/backup";
import type { BackupSeen } from "@/domain/backupNotice";
import type { KeyTestResult, LastKeyTest, ProvenKey } from "@/domain/keyTest";
import type { InterruptedRestore, LastRestore } from "@/domain/restoreJob";
import type { SignedInUser } from "@/domain/session";

/** What this browser remembers of a user's backup between visits. Public facts and numbers only. */
export interface UserMemory {
  readonly seen: BackupSeen | null;
  readonly lastRestore: LastRestore | null;
  /** The restore that began last, until it ends. */
  readonly interrupted: InterruptedRestore | null;
  /** The newest test of the saved recovery key: its time, version and result. */
  readonly lastKeyTest: LastKeyTest | null;
  /** What a recovery key or passphrase was proven to open in this browser, the last time. */
  readonly proven: ProvenKey | null;
  /** The host of the other page on which the person signed in; null: on this one, or not known. */
  readonly signedInAt: string | null;
}

export interface Memory {
  /** While it is on, nothing is read from or written to the browser's storage: all stays in the page. */
  holdInPage(on: boolean): void;
  /** Whose session is stored in this browser as far as is known outside of IndexedDB. */
  readDevice(): SignedInUser | null;
  /** Null once it was removed on purpose. */
  noteDevice(user: SignedInUser | null): void;
  read(userId: string): UserMemory;
  write(userId: string, changes: Partial<UserMemory>): void;
  /** Answers what was remembered. */
  clear(userId: string): UserMemory;
}

const nothing: UserMemory = {
  seen: null,
  lastRestore: null,
  interrupted: null,
  lastKeyTest: null,
  proven: null,
  signedInAt: null,
};

type MemoryStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Memory in `localStorage`, or what a test gives instead. Without storage, or when it is full or
 * holds something else, the page works as if it had never seen the user.
 */
export function createMemory(browser: MemoryStorage | null): Memory {
  let storage = browser;
  const device = "key-backup.device";
  const keyOf = (userId: string): string => `key-backup.memory.${userId}`;
  const read = (userId: string): UserMemory => {
    try {
      return parse(JSON.parse(storage?.getItem(keyOf(userId)) ?? "null"));
    } catch {
      return nothing;
    }
  };
  return {
    holdInPage(on) {
      storage = on ? createPageStorage() : browser;
    },
    readDevice() {
      try {
        return parseDevice(JSON.parse(storage?.getItem(device) ?? "null"));
      } catch {
        return null;
      }
    },
    noteDevice(user) {
      try {
        if (user === null) storage?.removeItem(device);
        else storage?.setItem(device, JSON.stringify(user));
      } catch {
        // Full or forbidden: a store that the browser clears is then not missed.
      }
    },
    read,
    write(userId, changes) {
      try {
        storage?.setItem(keyOf(userId), JSON.stringify({ ...read(userId), ...changes }));
      } catch {
        // Full or forbidden: a notice may be shown twice, nothing else comes of it.
      }
    },
    clear(userId) {
      const remembered = read(userId);
      try {
        storage?.removeItem(keyOf(userId));
      } catch {
        // Forbidden: then nothing was ever written.
      }
      return remembered;
    },
  };
}

function createPageStorage(): MemoryStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

function parse(data: unknown): UserMemory {
  if (!isRecord(data)) return nothing;
  return {
    seen: parseSeen(data["seen"]),
    lastRestore: parseLastRestore(data["lastRestore"]),
    interrupted: parseInterrupted(data["interrupted"]),
    lastKeyTest: parseLastKeyTest(data["lastKeyTest"]),
    proven: parseProven(data["proven"]),
    signedInAt: typeof data["signedInAt"] === "string" ? data["signedInAt"] : null,
  };
}

function parseDevice(data: unknown): SignedInUser | null {
  if (!isRecord(data)) return null;
  const { userId, deviceId, homeserverUrl } = data;
  const texts = typeof userId === "string" && typeof deviceId === "string";
  return texts && typeof homeserverUrl === "string" ? { userId, deviceId, homeserverUrl } : null;
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
  const { version, deviceId, handedOver } = data;
  if (!isVersion(version) || typeof deviceId !== "string") return null;
  return { version, deviceId, ...(handedOver === true ? { handedOver } : {}) };
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

function parseProven(data: unknown): ProvenKey | null {
  if (!isRecord(data)) return null;
  const { version, keyId } = data;
  return isVersion(version) && typeof keyId === "string" ? { version, keyId } : null;
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
