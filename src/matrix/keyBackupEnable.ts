import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { isBackupVersion } from "./backupInfo";
import { isObject } from "./errorOfAnswer";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Keeps the decryption key on this device as the one for the version, and zeroes the bytes. To the
 * SDK this is a decision of trust (it then uploads to a backup with that public key), so call it
 * only after the public key was compared with the backup's.
 */
export async function cacheBackupKey(
  context: SessionContext,
  bytes: Uint8Array,
  version: BackupVersion,
): Promise<Result<void, AppError>> {
  const stored = await attempt(() => context.crypto().storeSessionBackupPrivateKey(bytes, version));
  bytes.fill(0);
  return stored;
}

/**
 * Makes the SDK look at the server's backup and upload to it when it trusts it. Answers with the
 * version it uploads to now, or null. A check that was already under way may have read the server
 * before the change, so a first answer other than the one expected is asked for again.
 */
export async function enableBackup(
  context: SessionContext,
  expected: BackupVersion,
): Promise<Result<BackupVersion | null, AppError>> {
  for (let round = 0; ; round++) {
    const active = await attempt(async () => {
      await startingAtOnce(context.crypto(), () => context.crypto().checkKeyBackupAndEnable());
      return context.crypto().getActiveSessionBackupVersion();
    });
    if (!active.ok) return active;
    if (active.value === expected) return ok(expected);
    if (round === 1) return ok(isBackupVersion(active.value) ? active.value : null);
  }
}

/** Calls that are under way, and what the SDK's delay was before the first of them. */
const atOnce = { calls: 0, usual: 0 };

/**
 * The SDK waits up to ten seconds, at random, before it uploads, so that the devices of a room do
 * not all send a new key at the same moment. Here a person has asked this device alone and looks
 * on: an upload that the work starts begins at once.
 */
async function startingAtOnce<T>(crypto: object, work: () => Promise<T>): Promise<T> {
  const manager: unknown = "backupManager" in crypto ? crypto.backupManager : undefined;
  const delays = isObject(manager) ? manager.constructor : undefined;
  const usual =
    typeof delays === "function" && DELAY in delays ? Reflect.get(delays, DELAY) : undefined;
  // Kept somewhere else by now: then it is waited for, as is said on the screen.
  if (delays === undefined || typeof usual !== "number") return work();
  if (atOnce.calls++ === 0) atOnce.usual = usual;
  Object.assign(delays, { [DELAY]: 0 });
  try {
    return await work();
  } finally {
    if (--atOnce.calls === 0) Object.assign(delays, { [DELAY]: atOnce.usual });
  }
}

const DELAY = "maxBackupLoopStartDelayMillis";

/**
 * Has the SDK forget which room keys are backed up, so that all of them are uploaded once more to
 * the version it enables next. It does that by itself only when it sees one version follow another:
 * after a restart, keys that are in the version before count as being in the one of now.
 */
export function forgetUploads(context: SessionContext): Promise<Result<void, AppError>> {
  return attempt(async () => {
    const machine = await olmMachineOf(context);
    await machine.disableBackup();
  });
}
