import { BackupDecryptionKey, initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { EncryptedEntries, SessionResult } from "./protocol";
import { isObject, own, validateSessionData } from "./validateSessionData";

/** Holds the backup decryption key inside the crypto WebAssembly. */
export interface EntryDecryptor {
  /** Throws when the MAC or the decryption fails. */
  decrypt(ephemeral: string, mac: string, ciphertext: string): string;
  /** Frees the key. */
  close(): void;
}

/**
 * Loads the crypto WebAssembly and gives it the raw 32-byte key, which is zeroed here. Throws when
 * it does not load or the key has another length.
 */
export async function openDecryptor(key: Uint8Array): Promise<EntryDecryptor> {
  await initAsync();
  const wasmKey = BackupDecryptionKey.fromBase64(btoa(String.fromCharCode(...key)));
  key.fill(0);
  return {
    decrypt: (ephemeral, mac, ciphertext) => wasmKey.decryptV1(ephemeral, mac, ciphertext),
    close() {
      wasmKey.free();
    },
  };
}

/**
 * Decrypts and checks the entries `from` up to `to`, each for itself: a bad one gets its reason
 * and harms no other. Throws only when the WebAssembly itself breaks down.
 */
export function decryptEntries(
  decryptor: EntryDecryptor,
  batch: EncryptedEntries,
  from = 0,
  to = batch.ends.length,
): SessionResult[] {
  const results: SessionResult[] = [];
  for (let index = from; index < to; index++) {
    const start = index === 0 ? 0 : (batch.ends[index - 1] ?? 0);
    results.push(decryptEntry(decryptor, batch.bytes.subarray(start, batch.ends[index])));
  }
  return results;
}

const decoder = new TextDecoder();

function decryptEntry(decryptor: EntryDecryptor, bytes: Uint8Array): SessionResult {
  const entry = parseJson(decoder.decode(bytes));
  const sessionData = isObject(entry) ? own(entry, "session_data") : undefined;
  if (!isObject(sessionData)) {
    return { ok: false, reason: "malformed" };
  }
  const ephemeral = own(sessionData, "ephemeral");
  const mac = own(sessionData, "mac");
  const ciphertext = own(sessionData, "ciphertext");
  if (typeof ephemeral !== "string" || typeof mac !== "string" || typeof ciphertext !== "string") {
    return { ok: false, reason: "malformed" };
  }
  let plaintext: string;
  try {
    plaintext = decryptor.decrypt(ephemeral, mac, ciphertext);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      throw error;
    }
    return { ok: false, reason: "undecryptable" };
  }
  const decrypted = parseJson(plaintext);
  // The MAC does not cover the ciphertext, so damage can get this far; it is no JSON then.
  return decrypted === undefined
    ? { ok: false, reason: "undecryptable" }
    : validateSessionData(decrypted);
}

/** The parsed JSON, or undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
