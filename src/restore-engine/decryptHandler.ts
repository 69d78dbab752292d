import { decryptEntries, openDecryptor, type EntryDecryptor } from "./decryptBatch";
import type { DecryptAnswer, DecryptRequest } from "./protocol";

/** What a decrypt worker does with its messages. Throws when asked to decrypt before `open`. */
export function createDecryptHandler(): (request: DecryptRequest) => Promise<DecryptAnswer> {
  let decryptor: EntryDecryptor | null = null;
  return async (request) => {
    if (request.kind === "open") {
      decryptor = await openDecryptor(request.key);
      return { kind: "opened" };
    }
    if (decryptor === null) {
      throw new Error("no key was given");
    }
    return { kind: "decrypted", results: decryptEntries(decryptor, request.batch) };
  };
}
