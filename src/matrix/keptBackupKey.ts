import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { listAccountData } from "./accountDataList";
import { isBackupVersion } from "./backupInfo";
import { backupPublicKeyOf } from "./olmMachine";
import {
  encryptedEntries,
  readAccountData,
  readSecret,
  removeSecretCopy,
  storeSecret,
  writeAccountData,
  type StorageKey,
} from "./secretStorage";
import { decodeBackupSecret, matchBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/*
 * Secret storage has one place for a backup's decryption key, `m.megolm_backup.v1`. While a backup
 * is being replaced, and for as long as an old version is kept, there are several keys. Each of
 * them stands in an event of its own that is named after its public key, so that none can take
 * another's place, whoever writes at the same time.
 */
const PREFIX = "io.github.key_backup.kept_key.";

/** What is known of a kept key without opening it. The server's word: for finding, never for trust. */
export interface KeptKey {
  readonly publicKey: string;
  /** The version it opens, or null while that is not made. */
  readonly version: BackupVersion | null;
  /** On the key of a version that is to take another's place: that other one. */
  readonly replaces: BackupVersion | null;
  /** Ids of the recovery keys it is stored under. */
  readonly keyIds: readonly string[];
}

type Requests = Pick<SessionContext, "request" | "user">;

/** Stores a decryption key under the recovery key as a secret of its own, read back and compared. */
export async function keepBackupKey(
  context: Requests,
  storageKey: StorageKey,
  backupKey: Uint8Array,
  about: Pick<KeptKey, "version" | "replaces">,
): Promise<Result<void, AppError>> {
  const publicKey = await attempt(() => backupPublicKeyOf(backupKey));
  if (!publicKey.ok) return publicKey;
  return storeSecret(context, nameOf(publicKey.value), encodeBase64(backupKey), storageKey, {
    facts: { public_key: publicKey.value, version: about.version, replaces: about.replaces },
  });
}

/** The kept key for a public key, compared with it; null when none is kept. The caller zeroes it. */
export async function readKeptKey(
  context: Requests,
  storageKey: StorageKey,
  publicKey: string,
): Promise<Result<Uint8Array<ArrayBuffer> | null, AppError>> {
  const secret = await readSecret(context, nameOf(publicKey), storageKey);
  if (!secret.ok) return secret;
  if (secret.value === "absent") return ok(null);
  const bytes = secret.value === "unreadable" ? null : decodeBackupSecret(secret.value.text);
  const derived = await attempt(async () => (bytes === null ? null : backupPublicKeyOf(bytes)));
  if (!derived.ok) return derived;
  if (bytes !== null && derived.value === publicKey) return ok(bytes);
  wipe(bytes);
  return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
}

/** The key for a public key: kept, or in its place alone. The caller zeroes it. */
export async function reachBackupKey(
  context: Requests,
  storageKey: StorageKey,
  publicKey: string | null,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  const kept = publicKey === null ? ok(null) : await readKeptKey(context, storageKey, publicKey);
  if (!kept.ok) return kept;
  return kept.value === null
    ? matchBackupSecret(context, storageKey, { publicKey })
    : ok(kept.value);
}

/**
 * Keeps the decryption key that is about to be overwritten in `m.megolm_backup.v1`: an old version,
 * or a copy of one, may be all it opens. What is kept already stays as it is; what is no key is none.
 */
export async function keepLeavingKey(
  context: Requests,
  storageKey: StorageKey,
  text: string,
): Promise<Result<void, AppError>> {
  const bytes = decodeBackupSecret(text);
  if (bytes === null) return ok(undefined);
  try {
    const kept = await isKept(context, storageKey, text);
    if (!kept.ok) return kept;
    if (kept.value) return ok(undefined);
    return await keepBackupKey(context, storageKey, bytes, { version: null, replaces: null });
  } finally {
    wipe(bytes);
  }
}

/** Whether the text is a decryption key of which a copy is kept under the recovery key. */
export async function isKept(
  context: Requests,
  storageKey: StorageKey,
  text: string,
): Promise<Result<boolean, AppError>> {
  const bytes = decodeBackupSecret(text);
  if (bytes === null) return ok(false);
  const publicKey = await attempt(() => backupPublicKeyOf(bytes));
  wipe(bytes);
  if (!publicKey.ok) return publicKey;
  const kept = await readKeptKey(context, storageKey, publicKey.value);
  if (!kept.ok) return kept;
  wipe(kept.value);
  return ok(kept.value !== null);
}

/** Forgets a kept key. The caller has proven that its backup is gone, or that its key is elsewhere. */
export async function dropKeptKey(
  context: Requests,
  storageKey: StorageKey,
  publicKey: string,
): Promise<Result<void, AppError>> {
  const name = nameOf(publicKey);
  const removed = await removeSecretCopy(context, name, storageKey.keyId);
  if (!removed.ok) return removed;
  // Facts about a key that is no longer there would be taken for a key.
  const left = await readAccountData(context, name);
  if (!left.ok) return left;
  const isEmpty = left.value !== null && encryptedEntries(left.value).size === 0;
  return isEmpty ? writeAccountData(context, name, {}) : ok(undefined);
}

/** Every key that is kept, by a fresh read. Opens nothing. */
export async function listKeptKeys(
  context: Pick<SessionContext, "request">,
): Promise<Result<readonly KeptKey[], AppError>> {
  const all = await listAccountData(context);
  if (!all.ok) return all;
  const kept: KeptKey[] = [];
  for (const [name, content] of all.value) {
    const { public_key: publicKey, version, replaces } = content;
    if (!name.startsWith(PREFIX) || typeof publicKey !== "string") continue;
    if (nameOf(publicKey) !== name) continue;
    kept.push({
      publicKey,
      version: isBackupVersion(version) ? version : null,
      replaces: isBackupVersion(replaces) ? replaces : null,
      keyIds: [...encryptedEntries(content).keys()],
    });
  }
  return ok(kept);
}

/** In base64url: a slash in a path is not safe from every proxy. */
function nameOf(publicKey: string): string {
  return PREFIX + publicKey.replaceAll("+", "-").replaceAll("/", "_");
}
