import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { DatabaseError } from "@/lib/idb";
import { createCredentialStore, type SessionRecord } from "./credentialStore";
import { cryptoStorePrefix, deleteCryptoStore, listCryptoStorePrefixes } from "./deviceStore";
import { SessionFailure } from "./sessionFailure";
import { hasWebLocks } from "@/lib/pageAbilities";
import { attempt as attemptAny } from "./toAppError";
import {
  isSameSeal,
  openSealedSession,
  openStorageKey,
  resealToken,
  sealNewSession,
  withoutToken,
  type OpenedSession,
} from "./vaultCrypto";

/** What is stored, as far as it is not secret. */
export interface StoredSession extends Pick<
  SessionRecord,
  "user" | "cryptoStorePrefix" | "cryptoStoreMade"
> {
  /** The server ended it for good. It can be opened no more, but its crypto store can be read. */
  readonly ended: boolean;
}

/**
 * The stored session of this browser, and beside it those that the server ended, until everything in
 * their crypto stores has been carried over. Nothing secret lies in it in the clear. Errors are `storage`:
 * `unavailable`, `blocked`, `quota`, or `mismatch` when a record is there that cannot be read;
 * such a record is kept until `remove` is called. Without Web Locks everything is `unavailable`: another
 * tab could open the same crypto store, and two clients on one damage it.
 */
export interface Vault {
  read(): Promise<Result<StoredSession | null, AppError>>;
  /** Decrypts. The caller wipes `storageKey`. */
  unlock(): Promise<Result<(StoredSession & OpenedSession) | null, AppError>>;
  /** Stores a new session; refuses to overwrite one. */
  store(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>>;
  /**
   * Gives the stored session of the same user and device a new token, under a new wrapping key. The
   * crypto store stays usable. Writes nothing when the session was removed or renewed meanwhile.
   */
  renew(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>>;
  markCryptoStoreMade(): Promise<Result<void, AppError>>;
  /**
   * Marks the stored session of this user and device as ended and drops its token, which is dead;
   * another one is left alone.
   */
  markEnded(user: SignedInUser): Promise<Result<void, AppError>>;
  /** Stores a new session of the same user, on another device, beside the ended one. */
  storeBeside(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>>;
  /** The ended sessions kept beside the present one; those that cannot be read are left out, and kept. */
  readEnded(): Promise<Result<readonly StoredSession[], AppError>>;
  /** The key of an ended session's crypto store, be it the stored one or beside it. The caller wipes it. */
  unlockEnded(
    cryptoStorePrefix: string,
  ): Promise<Result<Pick<OpenedSession, "storageKey">, AppError>>;
  /** Removes an ended session, then its crypto store: only when nothing in it is needed any more. */
  removeEnded(cryptoStorePrefix: string): Promise<Result<void, AppError>>;
  /**
   * Removes all sessions, readable or not, then their crypto stores. A store that something still
   * holds open is no error: the browser deletes it when it is let go, and its key is gone already.
   */
  remove(): Promise<Result<void, AppError>>;
  /** Finishes deletions that were interrupted or held up. Touches no stored session. */
  sweep(): Promise<Result<void, AppError>>;
}

const MISMATCH: AppError = { kind: "storage", reason: "mismatch" };

function attempt<T>(work: () => Promise<T>): Promise<Result<T, AppError>> {
  return attemptAny(async () => {
    if (!hasWebLocks()) throw new SessionFailure({ kind: "storage", reason: "unavailable" });
    return work();
  });
}

export function createVault(databaseName = "key-backup"): Vault {
  const store = createCredentialStore(databaseName);

  /** Throws for a record that cannot be read. */
  async function readRecord(): Promise<SessionRecord | null> {
    // Missing on pages that are neither https nor loopback.
    const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
    if (subtle === undefined) throw new SessionFailure({ kind: "storage", reason: "unavailable" });
    const record = await store.read();
    if (record === "malformed") throw new SessionFailure(MISMATCH);
    return record;
  }

  /** Nothing can come between its reading and its writing. Throws like `readRecord`. */
  async function update(change: (record: SessionRecord) => SessionRecord | null): Promise<boolean> {
    const changed = await store.update(change);
    if (changed === "malformed") throw new SessionFailure(MISMATCH);
    return changed;
  }

  async function sweep(): Promise<void> {
    for (const prefix of await store.leftovers()) {
      try {
        await deleteCryptoStore(prefix);
      } catch (error) {
        if (error instanceof DatabaseError && error.problem === "blocked") continue;
        throw error;
      }
      await store.clearLeftover(prefix);
    }
  }

  return {
    read: () =>
      attempt(async () => {
        const record = await readRecord();
        return record === null ? null : withoutSecrets(record);
      }),

    async unlock() {
      const record = await attempt(readRecord);
      if (!record.ok) return record;
      if (record.value === null) return ok(null);
      try {
        const opened = await openSealedSession(record.value.sealed, record.value.user);
        return ok({ ...withoutSecrets(record.value), ...opened });
      } catch {
        return fail(MISMATCH);
      }
    },

    store: (user, accessToken) =>
      attempt(async () => {
        if ((await readRecord()) !== null) throw new Error("a session is stored already");
        await store.write(await newRecord(user, accessToken));
      }),

    async renew(user, accessToken) {
      const found = await attempt(readRecord);
      if (!found.ok) return found;
      const record = found.value;
      if (record === null || record.ended === true || !isOf(record, user)) {
        return fail({ kind: "unexpected", detail: "no stored session of this user and device" });
      }
      try {
        const sealed = await resealToken(record.sealed, user, accessToken);
        const renewed = await attempt(() =>
          update((now) =>
            isSameSeal(now.sealed, record.sealed) ? { ...now, user, sealed } : null,
          ),
        );
        if (!renewed.ok) return renewed;
        return renewed.value
          ? ok(undefined)
          : fail({ kind: "unexpected", detail: "the stored session has changed meanwhile" });
      } catch {
        return fail(MISMATCH);
      }
    },

    markCryptoStoreMade: () =>
      attempt(async () => {
        await update((record) =>
          record.cryptoStoreMade ? null : { ...record, cryptoStoreMade: true },
        );
      }),

    markEnded: (user) =>
      attempt(async () => {
        await update((record) =>
          record.ended === true || !isOf(record, user)
            ? null
            : { ...record, ended: true, sealed: withoutToken(record.sealed) },
        );
      }),

    storeBeside: (user, accessToken) =>
      attempt(async () => {
        const ended = await readRecord();
        if (ended?.ended !== true || ended.user.userId !== user.userId || isOf(ended, user)) {
          throw new Error("no ended session of this user on another device");
        }
        await store.writeBeside(await newRecord(user, accessToken), ended);
      }),

    readEnded: () =>
      attempt(async () => {
        const found = [...(await store.readEnded()).values()];
        return found.filter((record) => record !== "malformed").map(withoutSecrets);
      }),

    async unlockEnded(prefix) {
      const found = await attempt(async () => {
        const beside = (await store.readEnded()).get(prefix);
        const record = beside ?? (await readRecord());
        return record !== null && record !== "malformed" && record.ended === true ? record : null;
      });
      if (!found.ok) return found;
      const record = found.value;
      if (record?.cryptoStorePrefix !== prefix) return fail(MISMATCH);
      try {
        return ok({ storageKey: await openStorageKey(record.sealed, record.user) });
      } catch {
        return fail(MISMATCH);
      }
    },

    removeEnded: (prefix) =>
      attempt(async () => {
        await store.removeEnded(prefix);
        await sweep();
      }),

    remove: () =>
      attempt(async () => {
        const [record, ended] = [await store.read(), await store.readEnded()];
        await store.remove([...(await prefixesOf(record)), ...ended.keys()]);
        await sweep();
      }),

    sweep: () => attempt(sweep),
  };
}

async function newRecord(user: SignedInUser, accessToken: string): Promise<SessionRecord> {
  return {
    user,
    cryptoStorePrefix: cryptoStorePrefix(user),
    cryptoStoreMade: false,
    sealed: await sealNewSession(user, accessToken),
  };
}

function isOf({ user: { userId, deviceId } }: SessionRecord, user: SignedInUser): boolean {
  return userId === user.userId && deviceId === user.deviceId;
}

async function prefixesOf(record: SessionRecord | "malformed" | null): Promise<readonly string[]> {
  if (record === null) return [];
  return record === "malformed" ? listCryptoStorePrefixes() : [record.cryptoStorePrefix];
}

function withoutSecrets(record: SessionRecord): StoredSession {
  const { user, cryptoStorePrefix: prefix, cryptoStoreMade, ended = false } = record;
  return { user, cryptoStorePrefix: prefix, cryptoStoreMade, ended };
}
