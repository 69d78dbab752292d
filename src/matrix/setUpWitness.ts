import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { ClientEvent, type MatrixEvent } from "matrix-js-sdk";
import { SECRET_STORAGE_ALGORITHM_V1_AES } from "matrix-js-sdk/lib/secret-storage";
import { olmMachineOf, withFreed } from "./olmMachine";
import { isNotFound } from "./roomKeysApi";
import { CROSS_SIGNING_SECRETS, readAccountData, readDefaultKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/*
 * "There is none" is the one answer after which set-up makes something new. A server that says it
 * wrongly, once, would have what exists put out of use, so it needs a second witness each time: in
 * the plan, at the start of a run, and right before the write.
 */

const SYNC_MS = 30_000;
const CONTRADICTION: AppError = { kind: "secret_storage", reason: "contradiction" };

/** Whether the account really has no default key. The witness is what the sync has told. */
export async function confirmNoDefaultKey(
  context: SessionContext,
): Promise<Result<void, AppError>> {
  const synced = await waitForSync(context);
  if (!synced.ok) return synced;
  const told = context.client.getAccountData("m.secret_storage.default_key");
  const isTold = told !== undefined && Object.keys(told.getContent()).length > 0;
  return isTold ? fail(CONTRADICTION) : ok(undefined);
}

/** Both: no default key by a fresh read, and the witness. One that is there is named in the error. */
export async function confirmDefaultKeyIsFree(
  context: SessionContext,
): Promise<Result<void, AppError>> {
  const read = await readDefaultKey(context);
  if (!read.ok) return read;
  switch (read.value.kind) {
    case "absent":
      return confirmNoDefaultKey(context);
    case "broken":
      return fail({ kind: "secret_storage", reason: "default_key_broken" });
    case "present": {
      // Another device was faster: its key is the one to use.
      const { keyId } = read.value;
      return fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId } });
    }
  }
}

/**
 * Whether the default key really cannot be used; answers with its id. The witness is what the sync
 * has told of the same key: a description that got lost in one answer must not put it out of use.
 */
export async function confirmDefaultKeyIsBroken(
  context: SessionContext,
): Promise<Result<string | null, AppError>> {
  const read = await readDefaultKey(context);
  if (!read.ok) return read;
  if (read.value.kind !== "broken") {
    return fail({ kind: "secret_storage", reason: "changed_meanwhile" });
  }
  const synced = await waitForSync(context);
  if (!synced.ok) return synced;
  const { keyId } = read.value;
  const toldId = contentOf(context.client.getAccountData("m.secret_storage.default_key")).key;
  const isSame = toldId === keyId || (typeof toldId !== "string" && keyId === null);
  const isUsable =
    keyId !== null &&
    contentOf(context.client.getAccountData(`m.secret_storage.key.${keyId}`)).algorithm ===
      SECRET_STORAGE_ALGORITHM_V1_AES;
  return isSame && !isUsable ? ok(keyId) : fail(CONTRADICTION);
}

/** Either: none is named, or the one that is named cannot be used; its id then, else null. */
export async function confirmDefaultKeyIsOfNoUse(
  context: SessionContext,
): Promise<Result<string | null, AppError>> {
  const read = await readDefaultKey(context);
  if (!read.ok) return read;
  if (read.value.kind !== "absent") return confirmDefaultKeyIsBroken(context);
  const none = await confirmNoDefaultKey(context);
  return none.ok ? ok(null) : none;
}

/**
 * Whether the account really has no backup. The witnesses are the versions this device knows of:
 * the one it uploads to and the one its decryption key is for. Each is asked for by its name, so
 * that a backup that was really deleted does not stand in the way.
 */
export async function confirmNoBackup(context: SessionContext): Promise<Result<void, AppError>> {
  const versions = await attempt(() => knownVersions(context));
  if (!versions.ok) return versions;
  for (const version of versions.value) {
    const path = `/room_keys/version/${encodeURIComponent(version)}`;
    const answer = await context.request("GET", path);
    if (answer.ok) return fail(CONTRADICTION);
    if (!isNotFound(answer.error)) return answer;
  }
  return ok(undefined);
}

async function knownVersions(context: SessionContext): Promise<ReadonlySet<string>> {
  const machine = await olmMachineOf(context);
  const ofKey = await withFreed(await machine.getBackupKeys(), (keys) => keys.backupVersion);
  const active = await context.crypto().getActiveSessionBackupVersion();
  return new Set([ofKey ?? "", active ?? ""].filter((version) => version !== ""));
}

/**
 * Whether the account really has no identity. The witness is secret storage: private keys get
 * there only after their identity was published, whichever key they are encrypted with.
 */
export async function confirmNoIdentity(context: SessionContext): Promise<Result<void, AppError>> {
  for (const name of CROSS_SIGNING_SECRETS) {
    const stored = await readAccountData(context, name);
    if (!stored.ok) return stored;
    if (stored.value !== null) return fail({ kind: "identity", reason: "contradiction" });
  }
  return ok(undefined);
}

function contentOf(event: MatrixEvent | undefined): Readonly<Record<string, unknown>> {
  return event?.getContent() ?? {};
}

/** Account data is complete from the first sync on. */
export async function waitForSync({
  client,
  closed,
}: SessionContext): Promise<Result<void, AppError>> {
  if (client.isInitialSyncComplete()) return ok(undefined);
  let listen = (): void => undefined;
  const synced = new Promise<void>((resolve) => {
    listen = () => {
      if (client.isInitialSyncComplete()) resolve();
    };
    client.on(ClientEvent.Sync, listen);
  });
  try {
    await raceAbort(synced, AbortSignal.any([closed, AbortSignal.timeout(SYNC_MS)]));
    return ok(undefined);
  } catch {
    return fail(closed.aborted ? { kind: "closed" } : { kind: "timeout", detail: "first sync" });
  } finally {
    client.off(ClientEvent.Sync, listen);
  }
}
