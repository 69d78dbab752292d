import type { BackupInfo } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { KeyEntryOptions } from "@/domain/keyEntry";
import {
  chooseDerivations,
  readBackupPassphraseInfo,
  type PassphraseParameters,
  type PassphraseProblem,
} from "@/domain/passphrase";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { derivePbkdf2 } from "@/lib/pbkdf2";
import { findKey } from "./findKey";
import { fetchBackupInfo } from "./roomKeysApi";
import { readDefaultKeyState, readOtherKeys } from "./secretStorageKeys";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

type Derivation = Result<PassphraseParameters, PassphraseProblem>;

interface Sources {
  /** Of keys of secret storage, the default one first. */
  readonly recovery: readonly Derivation[];
  /** Of the backup's own key. */
  readonly backup: readonly Derivation[];
}

/** Whether the account has keys that are made from a passphrase, by fresh reads. */
export async function readKeyEntryOptions(
  context: SessionContext,
): Promise<Result<KeyEntryOptions, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const sources = await readSources(context, info.value);
  if (!sources.ok) return sources;
  return ok({
    recoveryPassphrase: sources.value.recovery.length > 0,
    backupPassphrase: sources.value.backup.length > 0,
  });
}

/**
 * The key of the account that is made from the passphrase: of secret storage, or the backup's own.
 * Derived one after the other, as many as go into a bound of work, and each proven by the server's
 * data, so nothing is kept or changed here. Aborting ends it with `closed`; a derivation under way
 * ends by itself and is wiped. The bytes are the caller's to zero.
 */
export async function keyFromPassphrase(
  context: SessionContext,
  passphrase: string,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  if (passphrase === "") return fail({ kind: "passphrase", problem: { reason: "empty" } });
  const info = await fetchBackupInfo(context, signal);
  if (!info.ok) return info;
  const sources = await readSources(context, info.value);
  if (!sources.ok) return sources;
  const all = [...sources.value.recovery, ...sources.value.backup];
  if (all.length === 0) return fail({ kind: "passphrase", problem: { reason: "not_used" } });

  let unprovable: AppError | null = null;
  const usable = all.flatMap((parameters) => (parameters.ok ? [parameters.value] : []));
  const { chosen, left } = chooseDerivations(usable);
  for (const parameters of chosen) {
    const derived = await derive(passphrase, parameters, signal);
    if (!derived.ok) return derived;
    const found = await findKey(context, derived.value, info.value);
    if (found.ok) return derived;
    derived.value.fill(0);
    if (isUnprovable(found.error)) unprovable = found.error;
    else if (!isMisfit(found.error)) return found;
  }
  if (unprovable !== null) return fail(unprovable);
  // A key that was not tried may be the one: that comes before "it does not match".
  const untried = all.find((parameters) => !parameters.ok);
  if (untried?.ok === false) return fail({ kind: "passphrase", problem: untried.error });
  const problem: PassphraseProblem =
    left > 0
      ? { reason: "not_all_tried", tried: chosen.length, left }
      : { reason: "does_not_match" };
  return fail({ kind: "passphrase", problem });
}

async function readSources(
  context: SessionContext,
  backup: BackupInfo | null,
): Promise<Result<Sources, AppError>> {
  const state = await readDefaultKeyState(context);
  if (!state.ok) return state;
  const others = await readOtherKeys(context, state.value);
  if (!others.ok) return others;
  const keys = [...(state.value.kind === "usable" ? [state.value.key] : []), ...others.value];
  const ofBackup = backup === null ? null : readBackupPassphraseInfo(backup.authData);
  return ok({
    recovery: keys.flatMap(({ passphrase }) => (passphrase === null ? [] : [passphrase])),
    backup: ofBackup === null ? [] : [ofBackup],
  });
}

async function derive(
  passphrase: string,
  parameters: PassphraseParameters,
  signal: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, AppError>> {
  if (signal.aborted) return fail({ kind: "closed" });
  const deriving = derivePbkdf2(passphrase, parameters);
  const derived = await attempt(() => raceAbort(deriving, signal));
  if (derived.ok || !signal.aborted) return derived;
  void deriving.then((late) => late.fill(0)).catch(() => undefined);
  return fail({ kind: "closed" });
}

function isUnprovable(error: AppError): boolean {
  return error.kind === "secret_storage" && error.reason === "default_key_unprovable";
}

/** Whether the derived key is simply not this one, and the next may be. */
function isMisfit(error: AppError): boolean {
  return error.kind === "recovery_key" || error.kind === "secret_storage";
}
