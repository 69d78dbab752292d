import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import { olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * The `auth_data` of a backup with signatures by this device and by the identity whose master key
 * is given (Appendices, "Signing JSON"). Signatures that are there are kept. An error when either
 * of the two could not be made.
 */
export async function signAuthData(
  context: SessionContext,
  authData: Readonly<Record<string, unknown>>,
  masterKey: string,
): Promise<Result<Readonly<Record<string, unknown>>, AppError>> {
  const { signatures: there, unsigned: _unsigned, ...signed } = authData;
  const made = await attempt(() => sign(context, canonicalJson(signed)));
  if (!made.ok) return made;
  const { userId, deviceId } = context.user;
  const own = made.value[userId];
  const isSignedByBoth =
    isObject(own) &&
    [deviceId, masterKey].every((signer) => typeof own[`ed25519:${signer}`] === "string");
  if (!isSignedByBoth) {
    return fail({ kind: "unexpected", detail: "the backup could not be signed" });
  }
  const before = isObject(there) ? there : {};
  const ofUser = isObject(before[userId]) ? before[userId] : {};
  return ok({ ...authData, signatures: { ...before, [userId]: { ...ofUser, ...own } } });
}

async function sign(context: SessionContext, text: string): Promise<Record<string, unknown>> {
  const machine = await olmMachineOf(context);
  return withFreed(await machine.sign(text), (signatures) => {
    const parsed: unknown = JSON.parse(signatures.asJSON());
    return isObject(parsed) ? parsed : {};
  });
}

/** Canonical JSON (Appendices): no spaces, the keys of every object in the order of their code points. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .toSorted(([one], [other]) => compareCodePoints(one, other))
    .map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`);
  return `{${entries.join(",")}}`;
}

/** Not as JavaScript compares, which goes by halves of the rarer characters. */
function compareCodePoints(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
