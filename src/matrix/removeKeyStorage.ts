import type { AppError } from "@/domain/errors";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
import type {
  ConfirmedKeyStorage,
  DeletedKeyStorage,
  KeyStorageStep,
  KeyStorageSurvey,
  RemovalPort,
} from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { deleteDehydratedDevice } from "./dehydratedDevice";
import { writeBackupWish } from "./keyBackupWish";
import { surveyBackup, surveyKeyStorage } from "./removalSurvey";
import { readAfter, removeConfirmed, tellSdk } from "./removeBackup";
import { confirmNothingElse } from "./unfinishedChange";
import { readDefaultKey } from "./secretStorage";
import { blankSecretStorage } from "./secretStorageBlank";
import type { SessionContext } from "./sessionContext";
import { confirmNoBackup } from "./setUpWitness";

type Options = Parameters<RemovalPort["deleteKeyStorage"]>[1];

/** The key id that an earlier run has noted, so that its description is found without the pointer. */
async function readRememberedKeyId(
  context: SessionContext,
): Promise<Result<string | null, AppError>> {
  const entry = await context.journal.read();
  if (!entry.ok) return entry;
  const keyId =
    entry.value?.change === "delete_key_storage" ? entry.value.facts["keyId"] : undefined;
  return ok(typeof keyId === "string" ? keyId : null);
}

/** What deleting key storage would take away now, also where an earlier run has stopped half way. */
export async function surveyForKeyStorage(
  context: SessionContext,
): Promise<Result<KeyStorageSurvey, AppError>> {
  const keyId = await readRememberedKeyId(context);
  return keyId.ok ? surveyKeyStorage(context, keyId.value) : keyId;
}

/**
 * Deletes the backup and every older one that comes to light and is agreed to, then blanks secret
 * storage, then removes the dehydrated device. In this order an interruption leaves, at worst, a
 * recovery key that opens less than before, and never a backup that nothing opens. The identity
 * stays published; its private keys stay on this device.
 */
export async function deleteKeyStorage(
  context: SessionContext,
  confirmed: ConfirmedKeyStorage,
  options: Options,
): Promise<Result<DeletedKeyStorage, AppError>> {
  const free = await confirmNothingElse(context, "delete_key_storage");
  if (!free.ok) return free;
  const found = await surveyForKeyStorage(context);
  if (!found.ok) return found;
  const now = found.value;
  if (now.identityOnlyStored && !confirmed.identityOnlyStored) {
    return ok({ kind: "numbers_changed", survey: now });
  }
  if (now.keyId !== confirmed.keyId) {
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  }
  if (now.backup !== null && confirmed.backup === null) {
    const { version } = now.backup;
    return fail({ kind: "backup_changed", expected: null, actual: version });
  }
  const begun = free.value?.startedAt ?? Date.now();
  const noted = await note(context, "backup", confirmed.keyId, begun);
  if (!noted.ok) return noted;
  options.onStep("backup");
  if (confirmed.backup !== null) {
    const removed = await removeConfirmed(context, confirmed.backup);
    if (!removed.ok) return removed;
    if (removed.value !== "removed") {
      // Nothing was begun, unless by an earlier run.
      if (free.value === null) await context.journal.clear();
      return ok({ kind: "numbers_changed", survey: { ...now, backup: removed.value } });
    }
    await tellSdk(context);
  }
  const left = await removeOlder(context, options, confirmed.backup?.version ?? null);
  if (!left.ok) return left;
  if (left.value !== null) {
    const cleared = await context.journal.clear();
    return cleared.ok ? ok({ kind: "older_kept", version: left.value.version }) : cleared;
  }
  // "None" rests on one read so far; blanking the keys of a backup that is there would close it for good.
  const none = await confirmNoBackup(context);
  if (!none.ok) return none;
  return removeRest(context, confirmed.keyId, begun, options.onStep);
}

async function removeRest(
  context: SessionContext,
  keyId: string | null,
  begun: number,
  onStep: (step: KeyStorageStep) => void,
): Promise<Result<DeletedKeyStorage, AppError>> {
  const said = await writeBackupWish(context, false);
  if (!said.ok) return said;
  const noted = await note(context, "secret_storage", keyId, begun);
  if (!noted.ok) return noted;
  onStep("secret_storage");
  const blanked = await blankSecretStorage(context, keyId);
  if (!blanked.ok) return blanked;
  onStep("dehydrated_device");
  const dehydrated = await deleteDehydratedDevice(context);
  if (!dehydrated.ok) return dehydrated;
  onStep("proof");
  const proven = await proveNothingLeft(context);
  if (!proven.ok) return proven;
  const cleared = await context.journal.clear();
  return cleared.ok ? ok({ kind: "deleted" }) : cleared;
}

/** Asks about each older version as it comes to light. Answers with one that is kept, or null. */
async function removeOlder(
  context: SessionContext,
  { confirmOlder }: Options,
  deleted: BackupSurvey["version"] | null,
): Promise<Result<BackupSurvey | null, AppError>> {
  let gone = deleted;
  for (;;) {
    const after = await readAfter(context, gone);
    if (!after.ok) return after;
    if (after.value === null) return ok(null);
    const older = await surveyBackup(context);
    if (!older.ok) return older;
    if (older.value === null) continue;
    const agreed = await untilClosed(context, confirmOlder(older.value));
    if (!agreed.ok) return agreed;
    if (!agreed.value) return ok(older.value);
    const removed = await removeConfirmed(context, confirmationOf(older.value));
    if (!removed.ok) return removed;
    // Where the numbers have changed it is still there, and is asked about once more.
    if (removed.value === "removed") gone = older.value.version;
    await tellSdk(context);
  }
}

async function untilClosed(
  { closed }: SessionContext,
  asked: Promise<boolean>,
): Promise<Result<boolean, AppError>> {
  try {
    return ok(await raceAbort(asked, closed));
  } catch (error) {
    if (closed.aborted) return fail({ kind: "closed" });
    throw error;
  }
}

async function proveNothingLeft(context: SessionContext): Promise<Result<void, AppError>> {
  const backup = await readAfter(context, null);
  if (!backup.ok) return backup;
  if (backup.value !== null) {
    return fail({ kind: "backup_changed", expected: null, actual: backup.value.version });
  }
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  return defaultKey.value.kind === "absent"
    ? ok(undefined)
    : fail({ kind: "secret_storage", reason: "changed_meanwhile" });
}

function note(
  context: SessionContext,
  step: KeyStorageStep,
  keyId: string | null,
  startedAt: number,
): Promise<Result<void, AppError>> {
  return context.journal.write({
    change: "delete_key_storage",
    step,
    startedAt,
    facts: { keyId },
  });
}
