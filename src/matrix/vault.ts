import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { DatabaseError } from "@/lib/idb";
import { createCredentialStore, type SessionRecord } from "./credentialStore";
import { cryptoStorePrefix, deleteCryptoStore, listCryptoStorePrefixes } from "./deviceStore";
import { SessionFailure } from "./sessionFailure";
import { attempt } from "./toAppError";
import { openSealedSession, resealToken, sealNewSession, type OpenedSession } from "./vaultCrypto";

/** What is stored, as far as it is not secret. */
export type StoredSession = Pick<SessionRecord, "user" | "cryptoStorePrefix" | "cryptoStoreMade">;

/**
 * The stored session of this browser. Nothing secret lies in it in the clear. Errors are `storage`:
 * `unavailable`, `blocked`, `quota`, or `mismatch` when a record is there that cannot be read;
 * such a record is kept until `remove` is called.
 */
export interface Vault {
  read(): Promise<Result<StoredSession | null, AppError>>;
  /** Decrypts. The caller wipes `storageKey`. */
  unlock(): Promise<Result<(StoredSession & OpenedSession) | null, AppError>>;
  /** Stores a new session; refuses to overwrite one. */
  store(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>>;
  /** Gives the stored session of the same user and device a new token. The crypto store stays usable. */
  renew(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>>;
  markCryptoStoreMade(): Promise<Result<void, AppError>>;
  /**
   * Removes the session, readable or not, then its crypto store. A store that something still
   * holds open is no error: the browser deletes it when it is let go, and its key is gone already.
   */
  remove(): Promise<Result<void, AppError>>;
  /** Finishes deletions that were interrupted or held up. Touches no stored session. */
  sweep(): Promise<Result<void, AppError>>;
}

const MISMATCH: AppError = { kind: "storage", reason: "mismatch" };

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
        await store.write({
          user,
          cryptoStorePrefix: cryptoStorePrefix(user),
          cryptoStoreMade: false,
          sealed: await sealNewSession(user, accessToken),
        });
      }),

    async renew(user, accessToken) {
      const found = await attempt(readRecord);
      if (!found.ok) return found;
      const record = found.value;
      if (record?.user.userId !== user.userId || record.user.deviceId !== user.deviceId) {
        return fail({ kind: "unexpected", detail: "no stored session of this user and device" });
      }
      try {
        const sealed = await resealToken(record.sealed, user, accessToken);
        return await attempt(() => store.write({ ...record, user, sealed }));
      } catch {
        return fail(MISMATCH);
      }
    },

    markCryptoStoreMade: () =>
      attempt(async () => {
        const record = await readRecord();
        if (record === null || record.cryptoStoreMade) return;
        await store.write({ ...record, cryptoStoreMade: true });
      }),

    remove: () =>
      attempt(async () => {
        const record = await store.read();
        await store.remove(await prefixesOf(record));
        await sweep();
      }),

    sweep: () => attempt(sweep),
  };
}

async function prefixesOf(record: SessionRecord | "malformed" | null): Promise<readonly string[]> {
  if (record === null) return [];
  return record === "malformed" ? listCryptoStorePrefixes() : [record.cryptoStorePrefix];
}

function withoutSecrets(record: SessionRecord): StoredSession {
  const { user, cryptoStorePrefix: prefix, cryptoStoreMade } = record;
  return { user, cryptoStorePrefix: prefix, cryptoStoreMade };
}
