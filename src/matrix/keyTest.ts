import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { KeyEntry } from "@/domain/keyEntry";
import type {
  BackupProof,
  BackupSampler,
  KeyTestPort,
  KeyTestReport,
  TestedAgainst,
} from "@/domain/keyTest";
import type { RoomKeySource } from "@/domain/ports";
import type { RoomsPort } from "@/domain/rooms";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { backupKeyOf } from "./backupKeyOf";
import { fetchPublishedMasterKey } from "./crossSigning";
import { findKey, type FoundKey } from "./findKey";
import { proveIdentity } from "./identityProof";
import { keyFromPassphrase } from "./passphraseKeys";
import { fetchBackupInfo } from "./roomKeysApi";
import { readDefaultKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";

type TestOptions = Parameters<KeyTestPort["run"]>[1];

interface KeyTestParts {
  readonly source: RoomKeySource;
  readonly sampler: BackupSampler;
  readonly rooms: Pick<RoomsPort, "listLastUsed">;
}

/**
 * Proves a saved key by reading: no request but GET and the query for the account's public keys,
 * nothing is cached, and the crypto store is not asked to do anything.
 */
export function createKeyTest(context: SessionContext, parts: KeyTestParts): KeyTestPort {
  return {
    async run(entry, options) {
      const key = await bytesOf(context, entry, options.signal);
      if (!key.ok) return key;
      try {
        return await testKey(context, parts, key.value, options);
      } finally {
        wipe(key.value);
      }
    },
  };
}

/** A copy of the entered key's bytes, or the key that the passphrase makes. */
function bytesOf(
  context: SessionContext,
  entry: KeyEntry,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  return entry.kind === "passphrase"
    ? keyFromPassphrase(context, entry.passphrase, signal)
    : Promise.resolve(ok(entry.key.bytes.slice()));
}

async function testKey(
  context: SessionContext,
  parts: KeyTestParts,
  bytes: Uint8Array<ArrayBuffer>,
  options: TestOptions,
): Promise<Result<KeyTestReport, AppError>> {
  const info = await fetchBackupInfo(context, options.signal);
  if (!info.ok) return info;
  const backup = info.value;
  const found = await findKey(context, bytes, backup);
  if (!found.ok) return found;
  const { storageKey, openedBy } = found.value;
  const identity =
    storageKey === null ? ok("not_reached" as const) : await proveIdentity(context, storageKey);
  if (!identity.ok) return identity;
  const against = await readAgainst(context);
  if (!against.ok) return against;
  const report = { openedBy, identity: identity.value, against: against.value };
  if (backup === null) {
    return ok({ ...report, at: Date.now(), backup: { kind: "no_backup" }, entries: null });
  }

  const decryptionKey = await decryptionKeyOf(context, found.value, backup, bytes);
  if (!decryptionKey.ok) {
    const proof = misfitOf(backup, decryptionKey.error);
    return proof === null
      ? decryptionKey
      : ok({ ...report, at: Date.now(), backup: proof, entries: null });
  }
  try {
    const entries = await testEntries(parts, backup, decryptionKey.value, options);
    if (options.signal.aborted) return fail({ kind: "closed" });
    const { version } = backup;
    return ok({ ...report, at: Date.now(), backup: { kind: "fits", version }, entries });
  } finally {
    wipe(decryptionKey.value);
  }
}

/** What the test is a test of: another one of these, and it says nothing any more. */
async function readAgainst(context: SessionContext): Promise<Result<TestedAgainst, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const masterKey = await fetchPublishedMasterKey(context);
  if (!masterKey.ok) return masterKey;
  const keyId = defaultKey.value.kind === "absent" ? null : defaultKey.value.keyId;
  return ok({ keyId, masterKey: masterKey.value });
}

/** The backup's key: behind the entered one, or that one itself. A copy in any case. */
function decryptionKeyOf(
  context: SessionContext,
  { storageKey, openedBy }: FoundKey,
  backup: BackupInfo,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  return storageKey === null
    ? Promise.resolve(ok(bytes.slice()))
    : backupKeyOf(context, { storageKey, openedBy }, backup);
}

/** An error that says something about the key is a finding; one of the way there is none. */
function misfitOf({ version }: BackupInfo, error: AppError): BackupProof | null {
  const isFinding = error.kind === "recovery_key" || error.kind === "secret_storage";
  return isFinding ? { kind: "does_not_fit", version, error } : null;
}

async function testEntries(
  { source, sampler, rooms }: KeyTestParts,
  { version, count: expected }: BackupInfo,
  key: Uint8Array,
  { scope, signal, stop, onProgress }: TestOptions,
) {
  // A comfort: without the list, a sample comes from the start of the backup.
  const listed = scope === "sample" ? await rooms.listLastUsed() : ok([]);
  return sampler.test({
    source,
    version,
    expected,
    scope,
    rooms: listed.ok ? listed.value.map(({ roomId }) => roomId) : [],
    key,
    signal: AbortSignal.any([signal, stop]),
    onProgress,
  });
}
