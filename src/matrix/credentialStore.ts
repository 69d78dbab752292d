import type { SignedInUser } from "@/domain/session";
import { openDatabase, openExisting, resultOf, transact } from "@/lib/idb";
import { isObject } from "./errorOfAnswer";
import type { SealedBytes, SealedSession } from "./vaultCrypto";

/** The one record of a stored session. One put writes all of it, so no half of it can exist. */
export interface SessionRecord {
  readonly user: SignedInUser;
  readonly cryptoStorePrefix: string;
  /** The crypto store was made. If it is gone after that, it was lost, and is not made anew. */
  readonly cryptoStoreMade: boolean;
  /** The server ended the session for good. */
  readonly ended?: boolean;
  readonly sealed: SealedSession;
}

export interface CredentialStore {
  /** `malformed`: something is stored that is not a record of ours. */
  read(): Promise<SessionRecord | "malformed" | null>;
  /** Also takes its crypto store off the list of those to be deleted. */
  write(record: SessionRecord): Promise<void>;
  /**
   * Reads the present session and writes what `change` makes of it, in one transaction; null leaves
   * it as it is. Says whether something was written.
   */
  update(change: (record: SessionRecord) => SessionRecord | null): Promise<boolean | "malformed">;
  /** The same as `write`, for a session that takes the place of an ended one, which is kept beside it. */
  writeBeside(record: SessionRecord, ended: SessionRecord): Promise<void>;
  /** The ended sessions kept beside the present one, by their crypto store's prefix. */
  readEnded(): Promise<ReadonlyMap<string, SessionRecord | "malformed">>;
  /** Removes one ended session, and notes its crypto store as to be deleted, in one transaction. */
  removeEnded(cryptoStorePrefix: string): Promise<void>;
  /**
   * Removes whatever sessions are stored and, in the same transaction, notes the crypto stores
   * that are now to be deleted.
   */
  remove(cryptoStorePrefixes: readonly string[]): Promise<void>;
  /** Crypto stores whose deletion was begun. */
  leftovers(): Promise<readonly string[]>;
  clearLeftover(cryptoStorePrefix: string): Promise<void>;
}

const SESSIONS = "sessions";
const LEFTOVERS = "leftovers";
/** The present session stands under this key, each ended one under its crypto store's prefix. */
const CURRENT = "current";

/**
 * The records of this browser in IndexedDB. Every method rejects with a DatabaseError. Reading makes
 * no database: a session that is kept in memory leaves nothing behind, not even an empty one.
 */
export function createCredentialStore(databaseName: string): CredentialStore {
  type Work<T> = (sessions: IDBObjectStore, leftovers: IDBObjectStore) => Promise<T>;

  async function within<T>(
    database: IDBDatabase,
    mode: "readonly" | "readwrite",
    work: Work<T>,
  ): Promise<T> {
    try {
      return await transact(database, [SESSIONS, LEFTOVERS], mode, (transaction) =>
        work(transaction.objectStore(SESSIONS), transaction.objectStore(LEFTOVERS)),
      );
    } finally {
      database.close();
    }
  }

  async function reading<T>(nothing: T, work: Work<T>): Promise<T> {
    const database = await openExisting(databaseName);
    return database === null ? nothing : within(database, "readonly", work);
  }

  async function changing<T>(nothing: T, work: Work<T>): Promise<T> {
    const database = await openExisting(databaseName);
    return database === null ? nothing : within(database, "readwrite", work);
  }

  async function writing(work: Work<void>): Promise<void> {
    const database = await openDatabase(databaseName, 1, (fresh) => {
      fresh.createObjectStore(SESSIONS);
      fresh.createObjectStore(LEFTOVERS);
    });
    await within(database, "readwrite", work);
  }

  return {
    read: () =>
      reading<SessionRecord | "malformed" | null>(null, async (sessions) => {
        const found: unknown = await resultOf<unknown>(sessions.get(CURRENT));
        return found === undefined ? null : parseRecord(found);
      }),
    write: (record) =>
      writing(async (sessions, leftovers) => {
        await Promise.all([
          resultOf(sessions.put(record, CURRENT)),
          resultOf(leftovers.delete(record.cryptoStorePrefix)),
        ]);
      }),
    update: (change) =>
      changing<boolean | "malformed">(false, async (sessions) => {
        const found: unknown = await resultOf<unknown>(sessions.get(CURRENT));
        if (found === undefined) return false;
        const record = parseRecord(found);
        if (record === "malformed") return record;
        const next = change(record);
        if (next === null) return false;
        await resultOf(sessions.put(next, CURRENT));
        return true;
      }),
    writeBeside: (record, ended) =>
      writing(async (sessions, leftovers) => {
        await Promise.all([
          resultOf(sessions.put(ended, ended.cryptoStorePrefix)),
          resultOf(sessions.put(record, CURRENT)),
          resultOf(leftovers.delete(record.cryptoStorePrefix)),
        ]);
      }),
    readEnded: () =>
      reading(new Map<string, SessionRecord | "malformed">(), async (sessions) => {
        const [keys, values] = await Promise.all([
          resultOf(sessions.getAllKeys()),
          resultOf<unknown[]>(sessions.getAll()),
        ]);
        const found = new Map<string, SessionRecord | "malformed">();
        for (const [index, key] of keys.entries()) {
          if (typeof key === "string" && key !== CURRENT)
            found.set(key, parseRecord(values[index]));
        }
        return found;
      }),
    removeEnded: (prefix) =>
      writing(async (sessions, leftovers) => {
        await Promise.all([
          resultOf(sessions.delete(prefix)),
          resultOf(leftovers.put(true, prefix)),
        ]);
      }),
    remove: (prefixes) =>
      writing(async (sessions, leftovers) => {
        await Promise.all([
          resultOf(sessions.clear()),
          ...prefixes.map((prefix) => resultOf(leftovers.put(true, prefix))),
        ]);
      }),
    leftovers: () =>
      reading<readonly string[]>([], async (_sessions, leftovers) => {
        const keys = await resultOf(leftovers.getAllKeys());
        return keys.filter((key) => typeof key === "string");
      }),
    clearLeftover: (prefix) =>
      writing(async (_sessions, leftovers) => {
        await resultOf(leftovers.delete(prefix));
      }),
  };
}

function parseRecord(value: unknown): SessionRecord | "malformed" {
  return isSessionRecord(value) ? value : "malformed";
}

function isSessionRecord(value: unknown): value is SessionRecord {
  return (
    isObject(value) &&
    isSignedInUser(value.user) &&
    typeof value.cryptoStorePrefix === "string" &&
    typeof value.cryptoStoreMade === "boolean" &&
    (value.ended === undefined || typeof value.ended === "boolean") &&
    isObject(value.sealed) &&
    value.sealed.wrappingKey instanceof CryptoKey &&
    isSealedBytes(value.sealed.root) &&
    isSealedBytes(value.sealed.token)
  );
}

function isSignedInUser(value: unknown): value is SignedInUser {
  return (
    isObject(value) &&
    typeof value.userId === "string" &&
    typeof value.deviceId === "string" &&
    typeof value.homeserverUrl === "string"
  );
}

function isSealedBytes(value: unknown): value is SealedBytes {
  return isObject(value) && value.iv instanceof Uint8Array && value.data instanceof Uint8Array;
}
