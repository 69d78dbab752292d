import { fail, ok, type Result } from "./result";

/**
 * How a key is made from a passphrase (Client-Server API, "Deriving keys from passphrases"):
 * PBKDF2 with HMAC-SHA-512, 256 bits. A key made in another way is not taken.
 */
export interface PassphraseParameters {
  readonly salt: string;
  readonly iterations: number;
}

/** What is wrong with a passphrase, or with what the account says about how to use one. */
export type PassphraseProblem =
  | { readonly reason: "empty" }
  /** No key of this account is made from a passphrase. */
  | { readonly reason: "not_used" }
  /** No key of this account is made from this one. */
  | { readonly reason: "does_not_match" }
  /** No key that was tried is made from this one; trying the others would take too long. */
  | { readonly reason: "not_all_tried"; readonly tried: number; readonly left: number }
  /** The server asks for so many rounds that nothing is derived. */
  | { readonly reason: "iterations"; readonly iterations: number; readonly are: "few" | "many" }
  /** The description lacks a salt or a number of rounds, or asks for something else than PBKDF2. */
  | { readonly reason: "unsupported" };

/**
 * Fewer rounds are refused, although a key made with them would open: clients ask for 500,000, so
 * a small number is either a key that can be guessed by whoever has the server's data, or a server
 * that lowers it. The recovery key of the same account needs no rounds and still works.
 */
export const FEWEST_ITERATIONS = 100_000;
/** More would keep a phone busy for minutes: a server could hold a person up for ever. */
const MOST_ITERATIONS = 10_000_000;

/** Of all keys that one passphrase is tried on: on a computer about 20 seconds of work. */
const MOST_ITERATIONS_IN_ALL = 15_000_000;

const KEY_BITS = 256;

/** The `passphrase` of a key description (`m.pbkdf2`). `bits` is 256 when it is not there. */
export function readPassphraseInfo(info: unknown): Result<PassphraseParameters, PassphraseProblem> {
  if (!isRecord(info) || info["algorithm"] !== "m.pbkdf2") return fail({ reason: "unsupported" });
  return readParameters(info["salt"], info["iterations"], info["bits"]);
}

/**
 * The parameters in a backup's `auth_data` that libolm-time clients wrote (`private_key_salt`,
 * `private_key_iterations`, `private_key_bits`), or null when the backup has no passphrase.
 */
export function readBackupPassphraseInfo(
  authData: Readonly<Record<string, unknown>>,
): Result<PassphraseParameters, PassphraseProblem> | null {
  const { private_key_salt: salt, private_key_iterations: iterations } = authData;
  if (salt === undefined && iterations === undefined) return null;
  return readParameters(salt, iterations, authData["private_key_bits"]);
}

function readParameters(
  salt: unknown,
  iterations: unknown,
  bits: unknown,
): Result<PassphraseParameters, PassphraseProblem> {
  if (typeof salt !== "string" || salt === "" || (bits ?? KEY_BITS) !== KEY_BITS) {
    return fail({ reason: "unsupported" });
  }
  if (typeof iterations !== "number" || !Number.isSafeInteger(iterations)) {
    return fail({ reason: "unsupported" });
  }
  if (iterations < FEWEST_ITERATIONS) return fail({ reason: "iterations", iterations, are: "few" });
  if (iterations > MOST_ITERATIONS) return fail({ reason: "iterations", iterations, are: "many" });
  return ok({ salt, iterations });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Which keys a passphrase is tried on: as many as go into the bound, the quickest first. `left` are
 * those it is not tried on.
 */
export function chooseDerivations(all: readonly PassphraseParameters[]): {
  readonly chosen: readonly PassphraseParameters[];
  readonly left: number;
} {
  const chosen: PassphraseParameters[] = [];
  let iterations = 0;
  for (const parameters of all.toSorted((one, two) => one.iterations - two.iterations)) {
    iterations += parameters.iterations;
    if (iterations > MOST_ITERATIONS_IN_ALL) break;
    chosen.push(parameters);
  }
  return { chosen, left: all.length - chosen.length };
}
