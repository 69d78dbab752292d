import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { ReplaceProof, ReplaceStep } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { encodeBase64 } from "matrix-js-sdk/lib/base64";
import { importIdentity } from "./crossSigningImport";
import { dropKeptKey, isKept, reachBackupKey, readKeptKey } from "./keptBackupKey";
import { cacheBackupKey, enableBackup, forgetUploads } from "./keyBackupEnable";
import { noteReplacement, readReplacement, standOf, type Replacement } from "./replaceJournal";
import { recoverReplacement } from "./replacePlan";
import { stageReplacement } from "./replaceStage";
import { fetchBackupInfo } from "./roomKeysApi";
import { BACKUP_SECRET, readSecret, storeSecret, type StorageKey } from "./secretStorage";
import { fitsBackup } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { createSignedVersion } from "./setUpBackup";
import { proveSetUp } from "./setUpProof";
import { confirmUpload } from "./uploadSwitch";

export interface ReplaceRequest {
  readonly confirmed: BackupVersion;
  readonly withoutOldKey: boolean;
  readonly onStep: (step: ReplaceStep) => void;
}

/** What the parts of one run share. */
interface Run {
  readonly context: SessionContext;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly storageKey: StorageKey;
  readonly masterKey: string;
  readonly onStep: (step: ReplaceStep) => void;
}

/**
 * Everything up to the upload. Each step first looks at what is true on the server and does only
 * what is missing, so a run goes on where another one was broken off. Nothing is deleted, and at
 * every moment the recovery key opens the keys of both versions.
 */
export async function beginReplacement(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  request: ReplaceRequest,
): Promise<Result<Replacement & { readonly newVersion: BackupVersion }, AppError>> {
  request.onStep("checking");
  const uploads = confirmUpload(context);
  if (!uploads.ok) return uploads;
  const journaled = await readReplacement(context.journal);
  if (!journaled.ok) return journaled;
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  const storageKey = opened.value;
  const identity = await importIdentity(context, storageKey);
  if (!identity.ok) return identity;
  const { published, known, privateKeysHere } = identity.value;
  if (published === null || published !== known || privateKeysHere !== "all") {
    return fail({ kind: "identity", reason: "held_elsewhere" });
  }
  const { onStep } = request;
  const run: Run = { context, bytes, storageKey, masterKey: published, onStep };

  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const found =
    journaled.value === null ? await recoverReplacement(context, info.value) : ok(journaled.value);
  if (!found.ok) return found;
  let replacement = found.value;
  if (journaled.value === null && replacement !== null) {
    // Another device's, or one that this browser forgot: ended only by a person who means to.
    const isMeant = replacement.oldVersion === request.confirmed;
    if (!isMeant) return fail({ kind: "change_unfinished", change: "replace_backup" });
  }
  const isMade = replacement !== null && standOf(replacement, info.value) === "new";
  if (replacement === null || !isMade) {
    const staged = await stage(run, request, replacement, info.value);
    if (!staged.ok) return staged;
    replacement = staged.value;
  }
  const newKey = await reachBackupKey(context, storageKey, replacement.newPublicKey);
  if (!newKey.ok) return newKey;
  try {
    const made = await makeVersion(run, replacement);
    if (!made.ok) return made;
    const stored = await moveSecret(run, made.value, newKey.value);
    if (!stored.ok) return stored;
    const step = journaled.value?.step;
    const isUploading = step === "upload" || step === "proof";
    const enabled = await enable(run, made.value, newKey.value, isUploading);
    return enabled.ok ? made : enabled;
  } finally {
    wipe(newKey.value);
  }
}

/** Both keys behind the recovery key, before anything is made. What an earlier run staged is used. */
async function stage(
  { context, storageKey, onStep }: Run,
  { confirmed, withoutOldKey }: ReplaceRequest,
  before: Replacement | null,
  info: BackupInfo | null,
): Promise<Result<Replacement, AppError>> {
  const expected = before?.oldVersion ?? confirmed;
  const isOld =
    info !== null &&
    info.version === expected &&
    (before === null || standOf(before, info) === "old");
  if (!isOld) {
    return info === null && before === null
      ? fail({ kind: "no_backup" })
      : fail({ kind: "backup_changed", expected, actual: info?.version ?? null });
  }
  onStep("stage");
  if (before !== null) {
    const there = await readKeptKey(context, storageKey, before.newPublicKey);
    if (!there.ok) return there;
    if (there.value !== null) {
      wipe(there.value);
      return ok(before);
    }
  }
  return stageReplacement(context, storageKey, info, { withoutOldKey, before });
}

type Made = Replacement & { readonly newVersion: BackupVersion };

/** `POST /room_keys/version`, unless it was made before and the answer was lost. */
async function makeVersion(
  { context, bytes, masterKey, onStep }: Run,
  before: Replacement,
): Promise<Result<Made, AppError>> {
  onStep("create");
  const replacement: Replacement = { ...before, step: "create" };
  const noted = await noteReplacement(context, replacement);
  if (!noted.ok) return noted;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  const stand = standOf(replacement, info.value);
  if (info.value !== null && stand === "new") {
    return ok({ ...replacement, newVersion: info.value.version });
  }
  if (stand === "other") return fail(changed(replacement, info.value));
  // The last look before something is made: the recovery key that was given opens its key.
  const stillOpens = await openDefaultKey(context, bytes);
  if (!stillOpens.ok) return stillOpens;
  const kept = await readKeptKey(context, stillOpens.value, replacement.newPublicKey);
  if (!kept.ok) return kept;
  if (kept.value === null) return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  wipe(kept.value);
  const made = await createSignedVersion(context, replacement.newPublicKey, masterKey);
  return made.ok ? ok({ ...replacement, newVersion: made.value }) : made;
}

/** The new key in the place where every client looks. The one it takes the place of is kept. */
async function moveSecret(
  { context, storageKey, onStep }: Run,
  made: Made,
  newKey: Uint8Array,
): Promise<Result<void, AppError>> {
  onStep("secret");
  const noted = await noteReplacement(context, { ...made, step: "secret" });
  if (!noted.ok) return noted;
  const current = await confirmNew(context, made);
  if (!current.ok) return current;
  const there = await readSecret(context, BACKUP_SECRET, storageKey);
  if (!there.ok) return there;
  if (there.value === "absent") {
    return storeSecret(context, BACKUP_SECRET, encodeBase64(newKey), storageKey);
  }
  if (there.value === "unreadable") {
    return fail({ kind: "secret_storage", reason: "backup_key_malformed" });
  }
  const { text } = there.value;
  const inPlace = await fitsBackup(context, storageKey, { publicKey: made.newPublicKey });
  if (!inPlace.ok) return inPlace;
  if (inPlace.value) return ok(undefined);
  // Only a key that is kept is replaced: one that came since belongs to somebody else's change.
  const kept = await isKept(context, storageKey, text);
  if (!kept.ok) return kept;
  if (!kept.value) return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  return storeSecret(context, BACKUP_SECRET, encodeBase64(newKey), storageKey, { replaces: text });
}

/** Keeps the new key here and has the SDK upload to the new version. */
async function enable(
  { context, onStep }: Run,
  made: Made,
  newKey: Uint8Array,
  isUploading: boolean,
): Promise<Result<void, AppError>> {
  onStep("enable");
  const noted = await noteReplacement(context, { ...made, step: "enable" });
  if (!noted.ok) return noted;
  const current = await confirmNew(context, made);
  if (!current.ok) return current;
  const cached = await cacheBackupKey(context, newKey.slice(), made.newVersion);
  if (!cached.ok) return cached;
  if (!isUploading) {
    // Nothing counts as backed up from here on but what the new version has.
    const forgotten = await forgetUploads(context);
    if (!forgotten.ok) return forgotten;
  }
  const enabled = await enableBackup(context, made.newVersion);
  if (!enabled.ok) return enabled;
  if (enabled.value !== made.newVersion) {
    const after = await confirmNew(context, made);
    return after.ok
      ? fail({ kind: "unexpected", detail: "this device does not upload to the new backup" })
      : after;
  }
  return noteReplacement(context, { ...made, step: "upload" });
}

/**
 * After the upload: reads everything back, then forgets the extra copy of the new key, which is in
 * its place now. The old one stays kept for as long as its version is on the server.
 */
export async function proveReplacement(
  context: SessionContext,
  bytes: Uint8Array<ArrayBuffer>,
  made: Made,
): Promise<Result<Omit<ReplaceProof, "count">, AppError>> {
  const journaled = await readReplacement(context.journal);
  if (!journaled.ok) return journaled;
  if (journaled.value?.newPublicKey !== made.newPublicKey) {
    // Undone, while the upload was waited for.
    return fail({ kind: "backup_changed", expected: made.newVersion, actual: made.oldVersion });
  }
  const noted = await noteReplacement(context, { ...made, step: "proof" });
  if (!noted.ok) return noted;
  const proof = await proveSetUp(context, bytes, made.newVersion);
  if (!proof.ok) return proof;
  const opened = await openDefaultKey(context, bytes);
  if (!opened.ok) return opened;
  const inPlace = await fitsBackup(context, opened.value, { publicKey: made.newPublicKey });
  if (!inPlace.ok) return inPlace;
  if (!inPlace.value) return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  const dropped = await dropKeptKey(context, opened.value, made.newPublicKey);
  if (!dropped.ok) return dropped;
  const old =
    made.oldPublicKey === null
      ? ok(null)
      : await readKeptKey(context, opened.value, made.oldPublicKey);
  if (!old.ok) return old;
  wipe(old.value);
  const cleared = await context.journal.clear();
  if (!cleared.ok) return cleared;
  return ok({ ...proof.value, old: { version: made.oldVersion, keyKept: old.value !== null } });
}

async function confirmNew(
  context: SessionContext,
  made: Replacement,
): Promise<Result<void, AppError>> {
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info;
  return standOf(made, info.value) === "new" ? ok(undefined) : fail(changed(made, info.value));
}

function changed(replacement: Replacement, info: BackupInfo | null): AppError {
  const expected = replacement.newVersion ?? replacement.oldVersion;
  return { kind: "backup_changed", expected, actual: info?.version ?? null };
}
