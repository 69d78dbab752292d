import type { RestoreFailure, RestoreFailureReason } from "@/domain/restore";

/** The ids an entry stands under in the download. Unauthenticated text from the server. */
export interface EntryIds {
  readonly roomId: string;
  readonly sessionId: string;
}

/** The undecoded KeyBackupData of some entries, one after the other. Entry i ends at `ends[i]`. */
export interface EncryptedEntries {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: readonly number[];
}

/** What the splitter hands on: entries to decrypt, and entries refused by their ids or size. */
export interface BackupBatch extends EncryptedEntries {
  /** As many as `ends`. */
  readonly entries: readonly EntryIds[];
  /** Fingerprints of the entries, two words each. */
  readonly prints: readonly number[];
  /** Whether an entry was sent before in this run, with other content. */
  readonly changed: readonly boolean[];
  readonly refused: readonly RestoreFailure[];
}

/** The fate of one entry after decryption and validation. `sessionData` is secret. */
export type SessionResult =
  | { readonly ok: true; readonly sessionData: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: RestoreFailureReason };

/** What decrypts: the browser's own crypto, or the SDK's WebAssembly. */
export type DecryptEngine = "webcrypto" | "wasm";

/** `auto` is WebCrypto where it can, else the WebAssembly. The others are for tests and measuring. */
export type EngineChoice = "auto" | DecryptEngine;

/** What the main thread asks of a decrypt worker. `open` comes first, once. */
export type DecryptRequest =
  /** The raw 32-byte backup decryption key. */
  | {
      readonly kind: "open";
      readonly key: Uint8Array<ArrayBuffer>;
      readonly engine?: EngineChoice;
    }
  | { readonly kind: "decrypt"; readonly batch: EncryptedEntries };

export type DecryptAnswer =
  | { readonly kind: "opened"; readonly engine: DecryptEngine }
  /** As many as the batch's entries, in their order. */
  | { readonly kind: "decrypted"; readonly results: readonly SessionResult[] };
