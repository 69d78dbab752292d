import type { CrossSigningStatus } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import { masterKeyOf, olmMachineOf, readKnownIdentity, readPrivateKeysHere } from "./olmMachine";
import { readSecretStorageStatus } from "./secretStorageStatus";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * The account's public master key as the server publishes it, or null when it publishes none.
 * Asked by a `POST /keys/query` of our own: after a first upload that failed, the SDK's
 * userHasCrossSigningKeys() says yes because of what this device has made, not of what the server
 * has.
 */
export async function fetchPublishedMasterKey(
  context: Pick<SessionContext, "request" | "user">,
): Promise<Result<string | null, AppError>> {
  const { userId } = context.user;
  const answer = await context.request("POST", "/keys/query", {
    body: { device_keys: { [userId]: [] } },
  });
  if (!answer.ok) return answer;
  const body = answer.value;
  // "Could not ask" must never be taken for "none".
  if (!isObject(body) || !isObject(body.device_keys)) {
    return fail({ kind: "not_matrix", detail: "key query without device_keys" });
  }
  const ownServer = userId.slice(userId.indexOf(":") + 1);
  if (isObject(body.failures) && Object.hasOwn(body.failures, ownServer)) {
    return fail({ kind: "server", status: 200, errcode: null, message: null });
  }
  const masterKeys = body.master_keys ?? {};
  if (!isObject(masterKeys)) return fail({ kind: "not_matrix", detail: "key query: master_keys" });
  if (!Object.hasOwn(masterKeys, userId)) return ok(null);
  const masterKey = masterKeyOf(masterKeys[userId]);
  return masterKey === null
    ? fail({ kind: "not_matrix", detail: "key query: master key" })
    : ok(masterKey);
}

/** Where the account's identity and its private keys are, and whether it signed this device. */
export interface IdentityFacts {
  /** The published master key, or null when the server has no identity for the account. */
  readonly published: string | null;
  /** The master key this device knows of, after it was told of the published one. */
  readonly known: string | null;
  readonly privateKeysHere: "all" | "some" | "none";
  readonly deviceVerified: boolean;
  /** The known one has taken the place of one that this device had verified. */
  readonly replaced: boolean;
}

/** Reads the identity; makes the crypto machine look again when it knows another than the server. */
export async function readIdentityFacts(
  context: SessionContext,
): Promise<Result<IdentityFacts, AppError>> {
  const { userId, deviceId } = context.user;
  const answer = await fetchPublishedMasterKey(context);
  if (!answer.ok) return answer;
  const published = answer.value;
  return attempt(async () => {
    const machine = await olmMachineOf(context);
    let identity = await readKnownIdentity(machine, userId);
    if (published !== null && published !== identity?.masterKey) {
      await refreshOwnKeys(context);
      identity = await readKnownIdentity(machine, userId);
    }
    const known = identity?.masterKey ?? null;
    // isVerified() is always true for one's own device; this one asks for the identity's signature.
    const device = await context.crypto().getDeviceVerificationStatus(userId, deviceId);
    return {
      published,
      known,
      privateKeysHere: await readPrivateKeysHere(machine),
      deviceVerified:
        published !== null && published === known && device?.crossSigningVerified === true,
      replaced: published !== null && published === known && identity?.replaced === true,
    };
  });
}

export async function readCrossSigningStatus(
  context: SessionContext,
): Promise<Result<CrossSigningStatus, AppError>> {
  const [facts, storage] = await Promise.all([
    readIdentityFacts(context),
    readSecretStorageStatus(context),
  ]);
  if (!facts.ok) return facts;
  if (!storage.ok) return storage;
  return ok({
    identityExists: facts.value.published !== null,
    privateKeysHere: facts.value.privateKeysHere === "all",
    privateKeysInSecretStorage: storage.value.crossSigningKeysStored,
    deviceVerified: facts.value.deviceVerified,
    masterKey: facts.value.published,
    identityReplaced: facts.value.replaced,
  });
}

/** Makes the crypto machine query this account's keys now. Throws when that fails. */
export async function refreshOwnKeys(context: SessionContext): Promise<void> {
  await context.crypto().userHasCrossSigningKeys(context.user.userId, true);
}
