import type { AppError } from "./errors";
import type { Result } from "./result";

/**
 * Why a key file cannot be used. `cut_off`: it begins like one and has no end. `wrong_passphrase`:
 * its check value does not fit, so the passphrase is another or the file was changed; the format
 * cannot tell which. `unsupported`: a newer kind, or one that would take for ever to open.
 */
export type KeyFileProblem =
  | "not_a_key_file"
  | "cut_off"
  | "wrong_passphrase"
  | "unsupported"
  | "too_large"
  | "no_keys";

/** Rounds of PBKDF2 for new files, as Element uses. */
export const KEY_FILE_ROUNDS = 500_000;

/** A passphrase this short is refused: whoever gets the file can try as many as they like. */
export const SHORTEST_PASSPHRASE = 8;

export interface ExportedKeyFile {
  /** The encrypted file. */
  readonly file: Blob;
  readonly count: number;
}

/** What came of a file: total = added + improved + already + failed. */
export interface KeyImportReport {
  /** Entries in the file. */
  readonly total: number;
  /** Sessions this device had no key for. */
  readonly added: number;
  /** Sessions it now has a better key for: one that opens earlier messages, too. */
  readonly improved: number;
  readonly already: number;
  /** Entries that are no room key, or that the key store did not take. */
  readonly failed: number;
}

export interface ExportRequest {
  readonly passphrase: string;
  /** An abort is `closed`. */
  readonly signal: AbortSignal;
}

export interface KeyExportPort {
  /**
   * Every room key of this device in one encrypted file (Client-Server API, "Key exports").
   * Nothing is sent. `key_file` with `no_keys` when there is none.
   */
  export(request: ExportRequest): Promise<Result<ExportedKeyFile, AppError>>;
  /**
   * Adds the keys of a file to this device's store; a better key that is there stays. What is new
   * is uploaded to the backup, where one is in use. Errors: `key_file`, `storage`.
   */
  import(request: {
    readonly file: Blob;
    readonly passphrase: string;
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal;
  }): Promise<Result<KeyImportReport, AppError>>;
}
