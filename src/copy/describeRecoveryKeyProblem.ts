import { RECOVERY_KEY_LENGTH, type RecoveryKeyProblem } from "@/domain/recoveryKey";
import { formatNumber } from "./formatNumber";

/**
 * One sentence on what is wrong and one on what to do. Each reason has words of its own: a typo,
 * a key that is cut off, something that is no recovery key, and a good key of another account call
 * for different next steps. `beginsWithEs`: whether the text does; what does not may be a password.
 */
export function describeRecoveryKeyProblem(
  problem: RecoveryKeyProblem,
  { beginsWithEs = true }: { readonly beginsWithEs?: boolean } = {},
): { title: string; body: string } {
  const { title, body } = describeProblem(problem);
  const maybeOtherSecret = problem.reason === "characters" || problem.reason === "length";
  return { title, body: maybeOtherSecret && !beginsWithEs ? `${body} ${NOT_A_PASSWORD}` : body };
}

const NOT_A_PASSWORD = `If this is a password or a phrase: the recovery key is ${RECOVERY_KEY_LENGTH} characters and begins with “Es”.`;

function describeProblem(problem: RecoveryKeyProblem): { title: string; body: string } {
  switch (problem.reason) {
    case "empty":
      return {
        title: "Enter your recovery key",
        body: "It is the 48-character key you saved when backup was set up. It starts with “Es”.",
      };
    case "characters":
      return {
        title: `A recovery key never contains ${listCharacters(problem.characters)}`,
        body: "Upper and lower case matter. The digit 0, the capitals O and I and the small l are never used, because they are easily confused.",
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
    case "does_not_match":
      return {
        title: "This is a recovery key, but not the one of this account",
        body: "It is complete and has no typo, yet this account is locked with another key. It may belong to another account, or be from before the recovery key was changed.",
      };
    case "other_backup":
      return {
        title: "The recovery key is right, but it leads to another backup",
        body: "It opens the account’s secret storage. The backup key kept there belongs to another backup than the one now on the server, perhaps because the backup was replaced on another device. Nothing was changed.",
      };
  }
}

/** “0”, “O” and “l” */
function listCharacters(characters: readonly string[]): string {
  const shown = characters.slice(0, 6).map((character) => `“${character}”`);
  const rest = characters.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} other characters of this text`;
  return new Intl.ListFormat("en", { type: "conjunction" }).format(shown);
}
