/** What a recovery key file says. */
export interface RecoveryKeyFile {
  readonly userId: string;
  readonly homeserver: string;
  readonly made: Date;
  readonly recoveryKey: string;
}

/** The text of a recovery key file: labelled lines, and the key on a line of its own. */
export function formatRecoveryKeyFile(file: RecoveryKeyFile): string {
  const groups = file.recoveryKey.replaceAll(/\s/gu, "").match(/.{1,4}/gu) ?? [];
  return [
    "Matrix recovery key",
    "",
    "Whoever has this key can read the encrypted messages of this account. Keep it secret.",
    "",
    `User ID: ${file.userId}`,
    `Homeserver: ${file.homeserver}`,
    `Date: ${file.made.toISOString().slice(0, 10)}`,
    "",
    "Recovery key:",
    groups.join(" "),
    "",
  ].join("\n");
}
