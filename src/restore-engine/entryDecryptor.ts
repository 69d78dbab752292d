import type { DecryptEngine } from "./protocol";

/**
 * The encrypted `session_data` of one entry: unauthenticated texts from the server that should be
 * base64 (Client-Server API, "m.megolm_backup.v1.curve25519-aes-sha2").
 */
export interface EncryptedSession {
  readonly ephemeral: string;
  readonly mac: string;
  readonly ciphertext: string;
}

/** Holds the backup decryption key and decrypts with it. */
export interface EntryDecryptor {
  readonly engine: DecryptEngine;
  /**
   * The plaintext, or null where the fields, the MAC or the decryption fail. Rejects only when the
   * crypto WebAssembly is needed and breaks down or does not load.
   */
  decrypt(session: EncryptedSession): Promise<string | null>;
  /** Frees or wipes the key. What is decrypted after that rejects. */
  close(): void;
}
