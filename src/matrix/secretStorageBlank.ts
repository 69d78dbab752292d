import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { ClientEvent } from "matrix-js-sdk";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readAccountData,
  readDefaultKey,
  writeAccountData,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";

const POINTER = "m.secret_storage.default_key";
const CHANGED: AppError = { kind: "secret_storage", reason: "changed_meanwhile" };

/** Account data cannot be deleted: an empty object stands for "none", as in every client. */
const BLANK = {};

/**
 * Blanks secret storage as a whole: the pointer first, so that from the first step on every client
 * sees that there is none rather than a damaged one; then the secrets; the key's description last.
 * Refused when its default key is not `keyId` (any more). Repeating it goes on where it stopped.
 */
export async function blankSecretStorage(
  context: SessionContext,
  keyId: string | null,
): Promise<Result<void, AppError>> {
  const secrets = [...CROSS_SIGNING_SECRETS, BACKUP_SECRET];
  const description = keyId === null ? [] : [`m.secret_storage.key.${keyId}`];
  return blankAll(context, keyId, [POINTER, ...secrets, ...description]);
}

/**
 * Retires the recovery key after the identity was replaced: the private keys of the old identity
 * open nothing any more, and with the pointer gone a new recovery key can be set up. The copy of the
 * backup's key under the old key stays: it may be the only one.
 */
export async function retireRecoveryKey(
  context: SessionContext,
  keyId: string | null,
): Promise<Result<void, AppError>> {
  return blankAll(context, keyId, [...CROSS_SIGNING_SECRETS, POINTER]);
}

async function blankAll(
  context: SessionContext,
  keyId: string | null,
  types: readonly string[],
): Promise<Result<void, AppError>> {
  for (const type of types) {
    // Before each one: a recovery key that another device has set up meanwhile is not ours to take.
    const now = await readDefaultKey(context);
    if (!now.ok) return now;
    if (now.value.kind !== "absent" && now.value.keyId !== keyId) return fail(CHANGED);
    const there = await readAccountData(context, type);
    if (!there.ok) return there;
    if (there.value === null) continue;
    const written = await writeAccountData(context, type, BLANK);
    if (!written.ok) return written;
    const after = await readAccountData(context, type);
    if (!after.ok) return after;
    if (after.value !== null) return fail({ kind: "secret_storage", reason: "read_back_failed" });
  }
  await waitUntilTold(context);
  return ok(undefined);
}

const TOLD_MS = 30_000;

/**
 * Set-up asks the sync, as a second witness, whether there is a default key. The sync is told of the
 * blank one a moment later; should it not be, the witness says so itself.
 */
async function waitUntilTold({ client, closed }: SessionContext): Promise<void> {
  const isTold = (): boolean => {
    const content = client.getAccountData(POINTER)?.getContent();
    return content === undefined || Object.keys(content).length === 0;
  };
  if (isTold()) return;
  let listen = (): void => undefined;
  const told = new Promise<void>((resolve) => {
    listen = () => {
      if (isTold()) resolve();
    };
    client.on(ClientEvent.AccountData, listen);
  });
  try {
    await raceAbort(told, AbortSignal.any([closed, AbortSignal.timeout(TOLD_MS)]));
  } catch {
    // Not told in time.
  } finally {
    client.off(ClientEvent.AccountData, listen);
  }
}
