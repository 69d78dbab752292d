import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { canonicalJson } from "./canonicalJson";
import { isObject } from "./errorOfAnswer";
import { olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * What a backup's `auth_data` may say to be signed: the spec's field, and those of backups that were
 * made with a passphrase. The rest of it is the server's word, and a signature of the identity over
 * words that the server chose could be used as one of a device or of a cross-signing key.
 */
const SIGNABLE: ReadonlyMap<string, "string" | "number"> = new Map([
  ["public_key", "string"],
  ["private_key_salt", "string"],
  ["private_key_iterations", "number"],
  ["private_key_bits", "number"],
]);

/**
 * The `auth_data` of a backup with signatures by this device and, where its master key is given, by
 * the identity (Appendices, "Signing JSON"). Signatures that are there are kept. An error when one
 * could not be made, or when there is something in it that must not be signed.
 */
export async function signAuthData(
  context: SessionContext,
  authData: Readonly<Record<string, unknown>>,
  masterKey: string | null,
): Promise<Result<Readonly<Record<string, unknown>>, AppError>> {
  const { signatures: there, unsigned: _unsigned, ...signed } = authData;
  if (!isSignable(signed)) {
    return fail({ kind: "unexpected", detail: "the backup says more than may be signed" });
  }
  const made = await attempt(() => sign(context, canonicalJson(signed)));
  if (!made.ok) return made;
  const { userId, deviceId } = context.user;
  const own = made.value[userId];
  const signers = masterKey === null ? [deviceId] : [deviceId, masterKey];
  const isSignedByAll =
    isObject(own) && signers.every((signer) => typeof own[`ed25519:${signer}`] === "string");
  if (!isSignedByAll) return fail({ kind: "unexpected", detail: "the backup could not be signed" });
  const before = isObject(there) ? there : {};
  const ofUser = isObject(before[userId]) ? before[userId] : {};
  return ok({ ...authData, signatures: { ...before, [userId]: { ...ofUser, ...own } } });
}

/** Whether all of it is known and of the known type. */
export function isSignable(signed: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(signed).every(([name, value]) => typeof value === SIGNABLE.get(name));
}

async function sign(context: SessionContext, text: string): Promise<Record<string, unknown>> {
  const machine = await olmMachineOf(context);
  return withFreed(await machine.sign(text), (signatures) => {
    const parsed: unknown = JSON.parse(signatures.asJSON());
    return isObject(parsed) ? parsed : {};
  });
}
