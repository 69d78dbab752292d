/** What a saved copy of a recovery key says besides the key. Times in milliseconds since the epoch. */
export interface RecoveryKeyKit {
  readonly userId: string;
  readonly homeserverUrl: string;
  readonly madeAt: number;
}

/** Lines that tell whoever finds the copy in years what it is, and what it is not. */
export const KIT_WORDS = {
  title: "Recovery key for encrypted Matrix messages",
  is: "It opens your encrypted message history and verifies you on a new device. Enter it in Key Backup or in any Matrix app that asks for a recovery key.",
  isNot:
    "It is not your password: it does not sign you in. It is not a file of exported room keys either.",
  keep: "Keep it where you keep important papers, or in a password manager. Whoever has it and can sign in as you can read your messages. Nobody can make it again when it is lost.",
} as const;

/** The date as 2026-11-23, in the reader's time zone. */
export function kitDate(madeAt: number): string {
  const date = new Date(madeAt);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The content of the text file. `keyText` is secret. */
export function recoveryKeyFileText(keyText: string, kit: RecoveryKeyKit): string {
  return [
    KIT_WORDS.title,
    "",
    `User:       ${kit.userId}`,
    `Homeserver: ${kit.homeserverUrl}`,
    `Date:       ${kitDate(kit.madeAt)}`,
    "",
    "Recovery key:",
    "",
    `    ${keyText}`,
    "",
    `What it is: ${KIT_WORDS.is}`,
    `What it is not: ${KIT_WORDS.isNot}`,
    KIT_WORDS.keep,
    "",
  ].join("\n");
}

/** key-backup-recovery-key-LOCALPART-DATE.txt, with nothing in it that a file system minds. */
export function recoveryKeyFileName(kit: RecoveryKeyKit): string {
  const localpart = kit.userId.replace(/^@/, "").replace(/:.*$/, "");
  const safe = localpart.replace(/[^A-Za-z0-9._=-]+/g, "_").slice(0, 64);
  return `key-backup-recovery-key-${safe === "" ? "account" : safe}-${kitDate(kit.madeAt)}.txt`;
}
