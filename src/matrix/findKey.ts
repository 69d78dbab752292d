import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { OpenedBy } from "@/domain/keyEntry";
import { fail, ok, type Result } from "@/domain/result";
import { findOlderBackup } from "./olderBackup";
import { backupPublicKeyOf } from "./olmMachine";
import type { StorageKey } from "./secretStorage";
import {
  readDefaultKeyState,
  readOtherKeys,
  type DefaultKeyState,
  type KeyDescription,
} from "./secretStorageKeys";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** What 32 bytes turned out to be, proven by the server's own data. */
export interface FoundKey {
  /** The key of secret storage; null for a backup's own decryption key. */
  readonly storageKey: StorageKey | null;
  readonly openedBy: OpenedBy;
}

/**
 * Finds out what a key is for: the default key of secret storage, any other one of it, or the
 * decryption key of the backup, which is written in the same way (Client-Server API, appendix
 * "Cryptographic key representation"). Reads everything from the server now and changes nothing.
 * `backup`: by a fresh read. When it is none of these, the error says what it is or why that
 * cannot be found out.
 */
export async function findKey(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  backup: BackupInfo | null,
): Promise<Result<FoundKey, AppError>> {
  const state = await readDefaultKeyState(context);
  if (!state.ok) return state;
  const described = state.value.kind === "usable" ? [state.value.key] : [];
  const asDefault = await fitOneOf(context, described, bytes);
  if (!asDefault.ok) return asDefault;
  if (asDefault.value.fits !== null) return ok(storageKeyOf(asDefault.value.fits, bytes, true));

  const others = await readOtherKeys(context, state.value);
  if (!others.ok) return others;
  const asOther = await fitOneOf(context, others.value, bytes);
  if (!asOther.ok) return asOther;
  if (asOther.value.fits !== null) return ok(storageKeyOf(asOther.value.fits, bytes, false));

  const asBackupKey = await fitBackup(context, bytes, backup);
  if (!asBackupKey.ok) return asBackupKey;
  if (asBackupKey.value) return ok({ storageKey: null, openedBy: { kind: "decryption_key" } });

  const isUnproven =
    state.value.kind === "usable" ? asDefault.value.unproven : asOther.value.unproven;
  return fail(describeMisfit(state.value, others.value, isUnproven));
}

function storageKeyOf(
  { keyId, name }: KeyDescription,
  bytes: Uint8Array<ArrayBuffer>,
  isDefault: boolean,
): FoundKey {
  return {
    storageKey: { keyId, bytes },
    openedBy: { kind: "storage_key", keyId, name, isDefault },
  };
}

interface Fit {
  readonly fits: KeyDescription | null;
  /** Some description gave nothing to check the key against. */
  readonly unproven: boolean;
}

/** The first key that the bytes are proven to be. */
async function fitOneOf(
  context: SessionContext,
  keys: readonly KeyDescription[],
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<Fit, AppError>> {
  let unproven = false;
  for (const description of keys) {
    const { keyId, iv, mac } = description;
    const proven = await proveKey(context, { kind: "present", keyId, iv, mac }, bytes);
    if (proven.ok) return ok({ fits: description, unproven });
    if (proven.error.kind === "secret_storage") unproven = true;
    else if (proven.error.kind !== "recovery_key") return proven;
  }
  return ok({ fits: null, unproven });
}

/** Whether the bytes are the backup's decryption key; an error when they are an older backup's. */
async function fitBackup(
  context: SessionContext,
  bytes: Uint8Array,
  backup: BackupInfo | null,
): Promise<Result<boolean, AppError>> {
  if (backup === null) return ok(false);
  const publicKey = await attempt(() => backupPublicKeyOf(bytes));
  if (!publicKey.ok) return publicKey;
  if (publicKey.value === backup.publicKey) return ok(true);
  const older = await findOlderBackup(context, publicKey.value, backup.version);
  if (!older.ok) return older;
  if (older.value === null) return ok(false);
  const problem = { reason: "older_backup", version: older.value, of: "entry" } as const;
  return fail({ kind: "recovery_key", problem });
}

/** Why nothing fits. That it is the wrong key is said only where there is one to compare it with. */
function describeMisfit(
  state: DefaultKeyState,
  others: readonly KeyDescription[],
  isUnproven: boolean,
): AppError {
  if (isUnproven) return { kind: "secret_storage", reason: "default_key_unprovable" };
  const mismatch = ({ keyId }: KeyDescription): AppError => ({
    kind: "recovery_key",
    problem: { reason: "does_not_match", keyId },
  });
  if (state.kind === "usable") return mismatch(state.key);
  const [other] = others;
  return other === undefined ? { kind: "secret_storage", reason: state.reason } : mismatch(other);
}
