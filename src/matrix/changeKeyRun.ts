import type { ChangeKeyProof, ChangeKeyStep } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { secureRandomString } from "matrix-js-sdk/lib/randomstring";
import { noteKeyChange, readKeyChange, type KeyChange } from "./changeKeyJournal";
import {
  checkCopies,
  compareSecrets,
  copySecrets,
  readOwnSecrets,
  storeOwnSecrets,
  type SecretTally,
} from "./changeKeySecrets";
import {
  readDefaultKey,
  readKeyDescription,
  writeAccountData,
  writeKeyDescription,
  type StorageKey,
} from "./secretStorage";
import { openDefaultKey, proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";
import { isDescribed } from "./setUpSecretStorage";

type Bytes = Uint8Array<ArrayBuffer>;

const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/**
 * Puts a new recovery key beside the old one, and then makes it the one in use. Nothing of the old
 * key is taken away: it opens everything until the change is finished. Every step looks first, so
 * a run goes on where another one was broken off.
 */
export async function runKeyChange(
  context: SessionContext,
  newBytes: Bytes,
  oldBytes: Bytes | null,
  onStep: (step: ChangeKeyStep) => void,
): Promise<Result<ChangeKeyProof, AppError>> {
  onStep("checking");
  const journaled = await readKeyChange(context.journal);
  if (!journaled.ok) return journaled;
  const started = await start(context, oldBytes, journaled.value);
  if (!started.ok) return started;
  const { change, oldKey, isSwitched } = started.value;
  const newKey: StorageKey = { keyId: change.newKeyId, bytes: newBytes };

  onStep("describe");
  const described = await describe(context, change, newKey, isSwitched);
  if (!described.ok) return described;
  if (!isSwitched) {
    onStep("encrypt");
    const copied = await encrypt(context, change, oldKey, newKey);
    if (!copied.ok) return copied;
    onStep("point");
    const pointed = await point(context, change);
    if (!pointed.ok) return pointed;
  }
  onStep("proof");
  return prove(context, change, oldKey, newKey);
}

interface Start {
  readonly change: KeyChange;
  /** Proven to be the old key; null when it is lost, or no longer needed. */
  readonly oldKey: StorageKey | null;
  readonly isSwitched: boolean;
}

/** What there is to do, by the journal and by what the server says now. */
async function start(
  context: SessionContext,
  oldBytes: Bytes | null,
  before: KeyChange | null,
): Promise<Result<Start, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  if (defaultKey.value.kind === "absent") {
    return fail({ kind: "secret_storage", reason: "not_set_up" });
  }
  if (defaultKey.value.kind === "broken") {
    return fail({ kind: "secret_storage", reason: "default_key_broken" });
  }
  const present = defaultKey.value;
  const isSwitched = before !== null && present.keyId === before.newKeyId;
  if (before !== null && !isSwitched && present.keyId !== before.oldKeyId) return fail(CHANGED);
  if (before?.step === "retire") {
    return isSwitched ? ok({ change: before, oldKey: null, isSwitched }) : fail(CHANGED);
  }
  const change: KeyChange = {
    step: before?.step ?? "describe",
    startedAt: before?.startedAt ?? Date.now(),
    oldKeyId: before?.oldKeyId ?? present.keyId,
    newKeyId: before?.newKeyId ?? secureRandomString(32),
    withoutOldKey: isSwitched ? before.withoutOldKey : oldBytes === null,
  };
  if (oldBytes === null) {
    if (isSwitched) return ok({ change, oldKey: null, isSwitched });
    // Before anything is written: this device has to hold what the old key would have opened.
    const own = await readOwnSecrets(context);
    if (!own.ok) return own;
    return own.value === null
      ? fail({ kind: "identity", reason: "held_elsewhere" })
      : ok({ change, oldKey: null, isSwitched });
  }
  const description = isSwitched ? await readKeyDescription(context, change.oldKeyId) : ok(present);
  if (!description.ok) return description;
  if (description.value.kind !== "present") return fail(CHANGED);
  const proven = await proveKey(context, description.value, oldBytes);
  return proven.ok ? ok({ change, oldKey: proven.value, isSwitched }) : proven;
}

/** The description of the new key, read back. One that is there has to be this key's. */
async function describe(
  context: SessionContext,
  change: KeyChange,
  newKey: StorageKey,
  isSwitched: boolean,
): Promise<Result<void, AppError>> {
  const there = await readKeyDescription(context, newKey.keyId);
  if (!there.ok) return there;
  if (there.value.kind === "present") {
    const proven = await proveKey(context, there.value, newKey.bytes);
    return proven.ok ? ok(undefined) : proven;
  }
  if (isSwitched) return fail({ kind: "secret_storage", reason: "default_key_broken" });
  const noted = await noteKeyChange(context, { ...change, step: "describe" });
  if (!noted.ok) return noted;
  const written = await writeKeyDescription(context, newKey);
  if (!written.ok) return written;
  return (await isDescribed(context, newKey))
    ? ok(undefined)
    : fail({ kind: "secret_storage", reason: "read_back_failed" });
}

async function encrypt(
  context: SessionContext,
  change: KeyChange,
  oldKey: StorageKey | null,
  newKey: StorageKey,
): Promise<Result<SecretTally, AppError>> {
  const noted = await noteKeyChange(context, { ...change, step: "encrypt" });
  if (!noted.ok) return noted;
  if (oldKey === null) return storeOwnSecrets(context, newKey);
  const copied = await copySecrets(context, oldKey, newKey);
  if (!copied.ok) return copied;
  // The last look before the pointer moves: everything opens with both and says the same.
  return compareSecrets(context, oldKey, newKey);
}

/** Makes the new key the one in use, if the one in use is still the old one. */
async function point(context: SessionContext, change: KeyChange): Promise<Result<void, AppError>> {
  const noted = await noteKeyChange(context, { ...change, step: "point" });
  if (!noted.ok) return noted;
  return movePointer(context, change.oldKeyId, change.newKeyId);
}

/** Moves the default key from one id to another, and reads it back. */
export async function movePointer(
  context: SessionContext,
  from: string,
  to: string,
): Promise<Result<void, AppError>> {
  const before = await readDefaultKey(context);
  if (!before.ok) return before;
  if (before.value.kind === "absent" || before.value.keyId !== from) return fail(CHANGED);
  const pointed = await writeAccountData(context, "m.secret_storage.default_key", { key: to });
  if (!pointed.ok) return pointed;
  const after = await readDefaultKey(context);
  if (!after.ok) return after;
  return after.value.kind === "present" && after.value.keyId === to ? ok(undefined) : fail(CHANGED);
}

/** By reading everything back: the new key is the one in use and opens every secret. */
async function prove(
  context: SessionContext,
  change: KeyChange,
  oldKey: StorageKey | null,
  newKey: StorageKey,
): Promise<Result<ChangeKeyProof, AppError>> {
  const opened = await openDefaultKey(context, newKey.bytes);
  if (!opened.ok) return opened;
  if (opened.value.keyId !== newKey.keyId) return fail(CHANGED);
  const tally =
    oldKey === null
      ? await checkCopies(context, change.oldKeyId, newKey)
      : await compareSecrets(context, oldKey, newKey);
  if (!tally.ok) return tally;
  const step = change.step === "retire" ? "retire" : "switched";
  const noted = await noteKeyChange(context, { ...change, step });
  return noted.ok ? ok({ ...tally.value, keyId: newKey.keyId }) : noted;
}
