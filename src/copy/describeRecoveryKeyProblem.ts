import type { EntryLook } from "@/domain/keyEntry";
import type { RecoveryKeyProblem } from "@/domain/recoveryKey";
import { RECOVERY_KEY_LENGTH } from "@/domain/recoveryKeyLength";
import { formatNumber } from "./formatNumber";

interface EntryFacts {
  /** What the text looks like; what is no key may be another secret, which calls for other words. */
  readonly look?: EntryLook;
  /** Whether a passphrase can be entered instead. */
  readonly takesPassphrase?: boolean;
}

/**
 * One sentence on what is wrong and one on what to do. Each reason has words of its own: a typo,
 * a key that is cut off, something that is no recovery key, and a good key of another account call
 * for different next steps.
 */
export function describeRecoveryKeyProblem(
  problem: RecoveryKeyProblem,
  { look = "recovery_key", takesPassphrase = false }: EntryFacts = {},
): { title: string; body: string } {
  const words = describeProblem(problem);
  const maybeOtherSecret = problem.reason === "characters" || problem.reason === "length";
  if (!maybeOtherSecret || look === "recovery_key" || look === "nothing") return words;
  const hint = look === "phrase" ? phraseHint(takesPassphrase) : passwordHint(takesPassphrase);
  return { title: words.title, body: `${words.body} ${hint}` };
}

const KEY_LOOKS_LIKE = `the recovery key is ${RECOVERY_KEY_LENGTH} characters and begins with “Es”.`;

function phraseHint(takesPassphrase: boolean): string {
  return takesPassphrase
    ? "This looks like a passphrase: choose “Use a passphrase” below and enter it there."
    : `This looks like a passphrase, and this account uses none: ${KEY_LOOKS_LIKE}`;
}

function passwordHint(takesPassphrase: boolean): string {
  return takesPassphrase
    ? `If this is a passphrase, choose “Use a passphrase” below. The account password opens nothing here: ${KEY_LOOKS_LIKE}`
    : `If this is a password: the account password opens nothing here; ${KEY_LOOKS_LIKE}`;
}

function describeProblem(problem: RecoveryKeyProblem): { title: string; body: string } {
  switch (problem.reason) {
    case "empty":
      return {
        title: "Enter your recovery key",
        body: "It is the 48-character key that you saved. It starts with “Es”.",
      };
    case "characters":
      return {
        title: `A recovery key never contains ${listCharacters(problem.characters)}`,
        body: problem.characters.every((character) => BETWEEN_GROUPS.test(character))
          ? "Take out the dashes and quotation marks. Spaces may stay; they do not matter."
          : "Upper and lower case matter. The digit 0, the capitals O and I and the small l are never used, because they are easily confused.",
      };
    case "length":
      return {
        title:
          problem.length < RECOVERY_KEY_LENGTH
            ? `This key is too short: ${problem.length} of ${RECOVERY_KEY_LENGTH} characters`
            : `This key is too long: ${formatNumber(problem.length)} characters instead of ${RECOVERY_KEY_LENGTH}`,
        body:
          problem.length < RECOVERY_KEY_LENGTH
            ? "Part of it is missing. Copy the whole key, all 12 groups of 4."
            : "Something else was copied with it, or it was pasted twice. Spaces do not count.",
      };
    case "prefix":
      return {
        title: "This is not a recovery key",
        body: "A recovery key starts with “Es”. A password, a key export or a key of another program does not work here.",
      };
    case "parity":
      return {
        title: "There is a typo in this key",
        body: "The length is right, but at least one character is wrong. Compare it with your saved copy; upper and lower case matter.",
      };
    case "format":
      return {
        title: "This is not a backup decryption key",
        body: `It is written like a recovery key (${RECOVERY_KEY_LENGTH} characters that begin with “Es”), or as 43 or 44 characters of base64.`,
      };
    default:
      return describeWrongKey(problem);
  }
}

/** Well formed, and not the key that is needed. */
function describeWrongKey(
  problem: Exclude<
    RecoveryKeyProblem,
    { reason: "empty" | "characters" | "length" | "prefix" | "parity" | "format" }
  >,
): { title: string; body: string } {
  switch (problem.reason) {
    case "does_not_match":
      return {
        title: "This is a recovery key, but not the one of this account",
        body: "It is complete and has no typo, yet this account is locked with another key. It may belong to another account, or be from before the recovery key was changed. Nothing was changed.",
      };
    case "other_backup":
      return {
        title: "The recovery key is right, but it leads to another backup",
        body: "It opens the account’s secret storage. The backup key kept there belongs to another backup than the one now on the server, perhaps because the backup was replaced on another device. Nothing was changed.",
      };
    case "older_backup":
      return problem.of === "entry"
        ? {
            title: `This is the key of an older backup: version ${problem.version}`,
            body: "That backup is still on the server, but your devices use a newer one, which this key does not open. Look for the recovery key that you saved last. Nothing was changed.",
          }
        : {
            title: `The recovery key is right, but leads to an older backup: version ${problem.version}`,
            body: "It opens the account’s secret storage, and the backup key kept there is that of an older backup, which is still on the server. A device that can open the newer one can put its key in place. Nothing was changed.",
          };
    case "former_key":
      return {
        title: "This was the recovery key of this account before it was changed",
        body: "The account still knows it, but nothing is kept behind it any more. Use the recovery key that you saved last. Nothing was changed.",
      };
    case "not_this_backup":
      return {
        title: `This key does not open backup version ${problem.version}`,
        body: "It is complete, yet it belongs to another backup. If it is the recovery key of the account, enter it above instead. The key held on this device, if any, is still the one it was.",
      };
  }
}

/** What people write between groups, and what they quote with. */
const BETWEEN_GROUPS = /^[\p{Pd}\u2212_"'`\u00AB\u00BB\u2018-\u201F]$/u;

/** “0”, “O” or “l” */
function listCharacters(characters: readonly string[]): string {
  const shown = characters.slice(0, 6).map((character) => `“${character}”${nameOf(character)}`);
  const rest = characters.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} or ${rest} other characters of this text`;
  return new Intl.ListFormat("en", { type: "disjunction" }).format(shown);
}

/** A dash or a quotation mark is hard to see between two others. */
function nameOf(character: string): string {
  if (/^[\p{Pd}\u2212]$/u.test(character)) return " (dash)";
  return /^["'`\u00AB\u00BB\u2018-\u201F]$/u.test(character) ? " (quotation mark)" : "";
}
