import type { EncryptedSession, EntryDecryptor } from "./entryDecryptor";
import type { EncryptedEntries, SessionResult } from "./protocol";
import { isObject, own, validateSessionData } from "./validateSessionData";

/**
 * Decrypts and checks the entries `from` up to `to`, each for itself: a bad one gets its reason
 * and harms no other. All are in flight together, which is what makes WebCrypto fast. Rejects only
 * when the WebAssembly is needed and breaks down or does not load.
 */
export async function decryptEntries(
  decryptor: EntryDecryptor,
  batch: EncryptedEntries,
  from = 0,
  to = batch.ends.length,
): Promise<SessionResult[]> {
  const results: Promise<SessionResult>[] = [];
  for (let index = from; index < to; index++) {
    const start = index === 0 ? 0 : (batch.ends[index - 1] ?? 0);
    results.push(decryptEntry(decryptor, batch.bytes.subarray(start, batch.ends[index])));
  }
  return Promise.all(results);
}

const decoder = new TextDecoder();

async function decryptEntry(decryptor: EntryDecryptor, bytes: Uint8Array): Promise<SessionResult> {
  const session = readSession(bytes);
  if (session === null) {
    return { ok: false, reason: "malformed" };
  }
  const plaintext = await decryptor.decrypt(session);
  // The MAC does not cover the ciphertext, so damage can get this far; it is no JSON then.
  const decrypted = plaintext === null ? undefined : parseJson(plaintext);
  return decrypted === undefined
    ? { ok: false, reason: "undecryptable" }
    : validateSessionData(decrypted);
}

/** The encrypted fields of the spec's KeyBackupData, or null when they are not there as texts. */
function readSession(bytes: Uint8Array): EncryptedSession | null {
  const entry = parseJson(decoder.decode(bytes));
  const sessionData = isObject(entry) ? own(entry, "session_data") : undefined;
  if (!isObject(sessionData)) {
    return null;
  }
  const ephemeral = own(sessionData, "ephemeral");
  const mac = own(sessionData, "mac");
  const ciphertext = own(sessionData, "ciphertext");
  return typeof ephemeral === "string" && typeof mac === "string" && typeof ciphertext === "string"
    ? { ephemeral, mac, ciphertext }
    : null;
}

/** The parsed JSON, or undefined when it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
