import type { JournalEntry } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import type { IdentityStep, IdentitySurvey, RemovalPort, ResetBackup } from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import { readIdentityFacts, refreshOwnKeys, type IdentityFacts } from "./crossSigning";
import { importSecrets, signThisDevice } from "./crossSigningImport";
import { deleteDehydratedDevice } from "./dehydratedDevice";
import { surveyBackup } from "./removalSurvey";
import { tellSdk } from "./removeBackup";
import { confirmNothingElse } from "./unfinishedChange";
import { carryBackup } from "./resetIdentityBackup";
import { makeIdentity, publishNewIdentity, type NewIdentity } from "./resetIdentityKeys";
import { readDefaultKey } from "./secretStorage";
import { readSecretStorageStatus } from "./secretStorageStatus";
import { retireRecoveryKey } from "./secretStorageBlank";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

type Options = Parameters<RemovalPort["resetIdentity"]>[1];

/** What a run in this page leaves for the next one: keys that may be published. Secret. */
export interface ResetMemory {
  inDoubt: NewIdentity | null;
}

/** Where an earlier run stands, by its journal and the server. */
export type ResetProgress =
  /** There is none, or it ended before the server had taken anything. */
  | "none"
  /** The new identity is published and its private keys are here. */
  | "adopted"
  /** It is published, and its private keys are still in this page's memory. */
  | "published"
  /** It is published, and its private keys are nowhere: a further one has to take its place. */
  | "keys_lost";

export async function surveyIdentity(
  context: SessionContext,
): Promise<Result<IdentitySurvey, AppError>> {
  const facts = await readIdentityFacts(context);
  if (!facts.ok) return facts;
  const storage = await readSecretStorageStatus(context);
  if (!storage.ok) return storage;
  const backup = await surveyBackup(context);
  if (!backup.ok) return backup;
  const { published, privateKeysHere } = facts.value;
  return ok({
    published,
    keysHere: privateKeysHere === "all",
    keysStored: storage.value.crossSigningKeysStored,
    backup: backup.value,
  });
}

/** How far the reset has come that the journal tells of. */
export function progressOf(
  entry: JournalEntry | null,
  facts: Pick<IdentityFacts, "published" | "known" | "privateKeysHere">,
  inDoubt: Pick<NewIdentity, "masterKey"> | null,
): ResetProgress {
  if (entry?.change !== "reset_identity" || facts.published !== entry.facts["to"]) return "none";
  if (facts.known === facts.published && facts.privateKeysHere === "all") return "adopted";
  return inDoubt?.masterKey === facts.published ? "published" : "keys_lost";
}

/**
 * Replaces the identity, or goes on with a reset that was interrupted. Order: new keys in memory,
 * published once that is confirmed, then brought to this device, which they sign; the backup; the old
 * recovery key. Before the server has taken the keys, nothing is changed anywhere.
 */
export async function resetIdentity(
  context: SessionContext,
  memory: ResetMemory,
  confirmed: { readonly published: string },
  options: Options,
): Promise<Result<ResetBackup, AppError>> {
  options.onStep("checking");
  const free = await confirmNothingElse(context, "reset_identity");
  if (!free.ok) return free;
  const facts = await readIdentityFacts(context);
  if (!facts.ok) return facts;
  const { published } = facts.value;
  if (published === null || published !== confirmed.published) {
    return fail({ kind: "identity", reason: "changed_meanwhile" });
  }
  const progress = progressOf(free.value, facts.value, memory.inDoubt);
  // What an attempt has left that never reached the server is of no use to this one.
  const begun = progress === "none" || free.value === null ? await begin(context) : ok(free.value);
  if (!begun.ok) return begun;
  const entry =
    progress === "adopted"
      ? begun
      : await replace(context, memory, { published, progress, begun: begun.value, options });
  return entry.ok ? settle(context, entry.value, options.onStep) : entry;
}

/** Notes which recovery key is in use before anything is changed: that one is retired in the end. */
async function begin(context: SessionContext): Promise<Result<JournalEntry, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const keyId = defaultKey.value.kind === "absent" ? null : defaultKey.value.keyId;
  return ok({
    change: "reset_identity",
    step: "checking",
    startedAt: Date.now(),
    facts: { keyId },
  });
}

/**
 * Publishes a new identity, unless one waits to be adopted, and brings its keys to this device.
 * Answers with the journal's entry.
 */
async function replace(
  context: SessionContext,
  memory: ResetMemory,
  {
    published,
    progress,
    begun,
    options,
  }: {
    readonly published: string;
    readonly progress: ResetProgress;
    readonly begun: JournalEntry;
    readonly options: Options;
  },
): Promise<Result<JournalEntry, AppError>> {
  let identity = progress === "published" ? memory.inDoubt : null;
  let entry = begun;
  if (identity === null) {
    const made = await makeIdentity(context);
    if (!made.ok) return made;
    identity = made.value;
    options.onStep("publish");
    entry = { ...begun, facts: { ...begun.facts, from: published, to: identity.masterKey } };
    const noted = await note(context, entry, "publish");
    if (!noted.ok) return noted;
    memory.inDoubt = identity;
    const { askPassword, confirmElsewhere } = options;
    const outcome = await publishNewIdentity(context, identity, {
      replaces: published,
      askPassword,
      confirmElsewhere,
    });
    if (outcome.kind === "in_doubt") return fail(outcome.error);
    if (outcome.kind === "unchanged") {
      memory.inDoubt = null;
      await forgetAttempt(context, progress, begun);
      return fail(outcome.error);
    }
  }
  options.onStep("adopt");
  const noted = await note(context, entry, "adopt");
  if (!noted.ok) return noted;
  const adopted = await adopt(context, identity);
  if (!adopted.ok) return adopted;
  memory.inDoubt = null;
  return ok(entry);
}

/** Nothing was changed: the journal says again what it said before. */
async function forgetAttempt(
  context: SessionContext,
  progress: ResetProgress,
  begun: JournalEntry,
): Promise<void> {
  if (progress === "keys_lost") await context.journal.write(begun);
  else await context.journal.clear();
}

/** The private keys come to this device only after it knows the public ones from the server. */
async function adopt(
  context: SessionContext,
  identity: NewIdentity,
): Promise<Result<void, AppError>> {
  const told = await attempt(() => refreshOwnKeys(context));
  if (!told.ok) return told;
  return importSecrets(context, identity.secrets);
}

/** Everything that follows from a published identity whose keys are here. Each step can be repeated. */
async function settle(
  context: SessionContext,
  entry: JournalEntry,
  onStep: (step: IdentityStep) => void,
): Promise<Result<ResetBackup, AppError>> {
  const signed = await signThisDevice(context);
  if (!signed.ok) return signed;
  const { published, known, deviceVerified } = signed.value;
  if (published === null || published !== known || !deviceVerified) {
    return fail({ kind: "unexpected", detail: "the new identity did not sign this device" });
  }
  onStep("backup");
  const atBackup = await note(context, entry, "backup");
  if (!atBackup.ok) return atBackup;
  const backup = await carryBackup(context, published);
  if (!backup.ok) return backup;
  onStep("recovery");
  const atRecovery = await note(context, entry, "recovery");
  if (!atRecovery.ok) return atRecovery;
  const keyId = entry.facts["keyId"];
  const retired = await retireRecoveryKey(context, typeof keyId === "string" ? keyId : null);
  // Another recovery key by now was set up after the reset: then there is nothing left to retire.
  if (!retired.ok && !isChangedMeanwhile(retired.error)) return retired;
  const dehydrated = await deleteDehydratedDevice(context);
  if (!dehydrated.ok) return dehydrated;
  onStep("proof");
  await tellSdk(context);
  const cleared = await context.journal.clear();
  return cleared.ok ? backup : cleared;
}

function isChangedMeanwhile(error: AppError): boolean {
  return error.kind === "secret_storage" && error.reason === "changed_meanwhile";
}

function note(
  context: SessionContext,
  entry: JournalEntry,
  step: IdentityStep,
): Promise<Result<void, AppError>> {
  return context.journal.write({ ...entry, step });
}
