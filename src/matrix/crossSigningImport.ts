import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { readIdentityFacts, refreshOwnKeys, type IdentityFacts } from "./crossSigning";
import { olmMachineOf, readPrivateKeysHere } from "./olmMachine";
import { CROSS_SIGNING_SECRETS, readSecret, type StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Brings the account's private cross-signing keys from secret storage to this device and signs the
 * device with them. Answers with the facts afterwards. Without a published identity, or with
 * secrets missing, it does nothing.
 *
 * The SDK's bootstrapCrossSigning() is not used: when it finds no private keys it makes a new
 * identity and replaces the old one. Nothing called here can make one.
 */
export async function importIdentity(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<IdentityFacts, AppError>> {
  const before = await readIdentityFacts(context);
  if (!before.ok) return before;
  const { published, privateKeysHere, deviceVerified } = before.value;
  if (published === null) return before;
  if (privateKeysHere !== "all") {
    const secrets = await readIdentitySecrets(context, key);
    if (!secrets.ok) return secrets;
    if (secrets.value === null) return before;
    const imported = await importSecrets(context, secrets.value);
    if (!imported.ok) return imported;
  }
  return deviceVerified ? readIdentityFacts(context) : signThisDevice(context);
}

/** Signs this device with the private keys held here, publishes the signature and reads back. */
export async function signThisDevice(
  context: SessionContext,
): Promise<Result<IdentityFacts, AppError>> {
  const signed = await attempt(async () => {
    await context.crypto().crossSignDevice(context.user.deviceId);
    // The machine learns of its own new signature only by a query.
    await refreshOwnKeys(context);
  });
  if (!signed.ok) return signed;
  return readIdentityFacts(context);
}

/** The three private keys in the order of CROSS_SIGNING_SECRETS, or null when one is missing. */
async function readIdentitySecrets(
  context: SessionContext,
  key: StorageKey,
): Promise<Result<readonly string[] | null, AppError>> {
  const texts: string[] = [];
  for (const name of CROSS_SIGNING_SECRETS) {
    const secret = await readSecret(context, name, key);
    if (!secret.ok) return secret;
    if (secret.value === "absent") return ok(null);
    if (secret.value === "unreadable") return fail({ kind: "identity", reason: "not_imported" });
    texts.push(secret.value.text);
  }
  return ok(texts);
}

/**
 * Gives the crypto machine the three private keys, in the order of CROSS_SIGNING_SECRETS. The public
 * ones must be known to it already; keys that do not belong to them are refused.
 */
export async function importSecrets(
  context: SessionContext,
  [master, selfSigning, userSigning]: readonly string[],
): Promise<Result<void, AppError>> {
  const notImported: AppError = { kind: "identity", reason: "not_imported" };
  const machine = await attempt(() => olmMachineOf(context));
  if (!machine.ok) return machine;
  const imported = await attempt(() =>
    machine.value.importCrossSigningKeys(master, selfSigning, userSigning),
  );
  // It throws when a private key does not belong to the published identity …
  if (!imported.ok) return imported.error.kind === "closed" ? imported : fail(notImported);
  imported.value.free();
  // … and fails in silence while the public keys are not known.
  const here = await attempt(() => readPrivateKeysHere(machine.value));
  if (!here.ok) return here;
  return here.value === "all" ? ok(undefined) : fail(notImported);
}
