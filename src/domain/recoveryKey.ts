/** What is wrong with a recovery key. The first four are found without any request. */
export type RecoveryKeyProblem =
  | { readonly reason: "empty" }
  | { readonly reason: "characters"; readonly characters: readonly string[] }
  | { readonly reason: "length"; readonly length: number }
  | { readonly reason: "prefix" }
  | { readonly reason: "parity" }
  /** Well formed, but secret storage is locked with another key. */
  | { readonly reason: "does_not_match"; readonly keyId: string }
  /** It opens secret storage, but the secret there belongs to another backup. */
  | { readonly reason: "other_backup" };

/** The 32 bytes a recovery key stands for, and its text in groups of four. Secret: closures only. */
export interface RecoveryKey {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}
