import bs58 from "bs58";
import type { BackupVersion } from "./backup";
import { fail, ok, type Result } from "./result";
import { RECOVERY_KEY_LENGTH } from "./recoveryKeyLength";

/** What is wrong with a recovery key. The first six are found without any request. */
export type RecoveryKeyProblem =
  | { readonly reason: "empty" }
  | { readonly reason: "characters"; readonly characters: readonly string[] }
  | { readonly reason: "length"; readonly length: number }
  | { readonly reason: "prefix" }
  | { readonly reason: "parity" }
  /** Neither the text of a recovery key nor base64 of 32 bytes; only where both are taken. */
  | { readonly reason: "format" }
  /** Well formed, but secret storage is locked with another key. */
  | { readonly reason: "does_not_match"; readonly keyId: string }
  /** It opens secret storage, but the secret there belongs to another backup. */
  | { readonly reason: "other_backup" }
  /**
   * The server still has the older backup that this leads to. `of`: the entered key is that
   * backup's own decryption key, or it opens secret storage and the secret there is.
   */
  | {
      readonly reason: "older_backup";
      readonly version: BackupVersion;
      readonly of: "entry" | "secret";
    }
  /** It opens a key description that is no longer the default, and nothing is stored under it. */
  | { readonly reason: "former_key"; readonly name: string | null }
  /** Entered as a backup's decryption key; it belongs to no backup that is on the server. */
  | { readonly reason: "not_this_backup"; readonly version: BackupVersion };

/** The 32 bytes a recovery key stands for, and its text in groups of four. Secret: closures only. */
export interface RecoveryKey {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

const PREFIX = [0x8b, 0x01] as const;
const KEY_BYTES = 32;
const ENCODED_BYTES = PREFIX.length + KEY_BYTES + 1;
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** White space of every kind (also no-break, tabs, line ends), and what nobody can see: zero-width, soft hyphen, marks. */
const INVISIBLE = /[\s\p{Cf}\p{Cc}]/gu;
/** Key files are a few lines; more than this is some other file. */
const LARGEST_KEY_FILE = 65_536;

export interface RecoveryKeyInspection {
  /** Characters typed so far, white space left out. */
  readonly count: number;
  readonly of: typeof RECOVERY_KEY_LENGTH;
  /** Each character once that no recovery key contains, in the order they appear. */
  readonly invalidCharacters: readonly string[];
  /** Has the right number of possible characters; whether it is a key only parsing tells. */
  readonly complete: boolean;
}

/** Feedback while a key is being typed; says nothing about the prefix or the parity. */
export function inspectRecoveryKeyInput(text: string): RecoveryKeyInspection {
  const characters = Array.from(strip(text));
  const invalidCharacters = [...new Set(characters.filter((c) => !ALPHABET.includes(c)))];
  return {
    count: characters.length,
    of: RECOVERY_KEY_LENGTH,
    invalidCharacters,
    complete: characters.length === RECOVERY_KEY_LENGTH && invalidCharacters.length === 0,
  };
}

/**
 * Reads a recovery key as a person types or pastes it: white space of any kind is ignored, case is
 * kept. Checked in this order: empty, characters, length, prefix, parity. Format: Client-Server
 * API, appendix "Cryptographic key representation".
 */
export function parseRecoveryKey(text: string): Result<RecoveryKey, RecoveryKeyProblem> {
  const { count, invalidCharacters } = inspectRecoveryKeyInput(text);
  if (count === 0) return fail({ reason: "empty" });
  if (invalidCharacters.length > 0) {
    return fail({ reason: "characters", characters: invalidCharacters });
  }
  if (count !== RECOVERY_KEY_LENGTH) return fail({ reason: "length", length: count });
  const encoded = bs58.decode(strip(text));
  // 48 characters make 35 bytes only when the first ones are right: "length" would mislead here.
  const wellPrefixed = PREFIX.every((byte, index) => encoded[index] === byte);
  if (encoded.length !== ENCODED_BYTES || !wellPrefixed) return fail({ reason: "prefix" });
  if (parityOf(encoded) !== 0) return fail({ reason: "parity" });
  const bytes = encoded.slice(PREFIX.length, PREFIX.length + KEY_BYTES);
  encoded.fill(0);
  return ok({ bytes, text: encodeRecoveryKey(bytes) });
}

/** 32 bytes in base64, with or without padding. */
const BASE64_KEY = /^[A-Za-z0-9+/]{43}=?$/;

/**
 * Reads a backup decryption key as other programs show it: in the recovery key's own format, or as
 * base64 of its 32 bytes. Secret; the caller zeroes the bytes.
 */
export function parseDecryptionKey(
  text: string,
): Result<Uint8Array<ArrayBuffer>, RecoveryKeyProblem> {
  const compact = strip(text);
  if (BASE64_KEY.test(compact)) {
    return ok(Uint8Array.from(atob(compact), (character) => character.charCodeAt(0)));
  }
  const key = parseRecoveryKey(text);
  if (key.ok) return ok(key.value.bytes);
  const isFormat = key.error.reason !== "empty" && !compact.startsWith("Es");
  return fail(isFormat ? { reason: "format" } : key.error);
}

/** The text of a 32-byte key in groups of four. Another length is a bug and throws. */
export function encodeRecoveryKey(bytes: Uint8Array): string {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`A recovery key has ${KEY_BYTES} bytes`);
  const encoded = new Uint8Array(ENCODED_BYTES);
  encoded.set(PREFIX);
  encoded.set(bytes, PREFIX.length);
  encoded[ENCODED_BYTES - 1] = parityOf(encoded);
  const groups = bs58.encode(encoded).match(/.{4}/g) ?? [];
  encoded.fill(0);
  return groups.join(" ");
}

/**
 * The recovery key in the text of a key file, between label lines and line breaks. When none is
 * well formed, the part that looks most like one, so that its fault can be named; null when
 * nothing does.
 */
export function extractRecoveryKey(fileText: string): string | null {
  const text = fileText.slice(0, LARGEST_KEY_FILE);
  return findWellFormed(text) ?? findLookalike(text);
}

/** Words are cut at everything a key cannot contain, so a label or a quote may touch the key. */
function findWellFormed(text: string): string | null {
  const words = text
    .replace(/\p{Cf}/gu, "")
    .split(/[^1-9A-HJ-NP-Za-km-z]+/)
    .filter((word) => word !== "");
  for (const [start] of words.entries()) {
    let candidate = "";
    for (let end = start; end < words.length && candidate.length < RECOVERY_KEY_LENGTH; end++) {
      candidate += words[end];
    }
    const key = parseRecoveryKey(candidate);
    if (key.ok) return key.value.text;
  }
  return null;
}

/** Every recovery key begins with "Es", by its prefix. */
function findLookalike(text: string): string | null {
  for (const line of text.split(/[\r\n]+/)) {
    const found = /(?:^|[\s:="'])(Es\S.*)$/u.exec(line)?.[1];
    if (found !== undefined && strip(found).length >= RECOVERY_KEY_LENGTH / 2) return found.trim();
  }
  return null;
}

function strip(text: string): string {
  return text.replace(INVISIBLE, "");
}

function parityOf(bytes: Uint8Array): number {
  return bytes.reduce((parity, byte) => parity ^ byte, 0);
}
