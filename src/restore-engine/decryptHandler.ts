import { decryptEntries } from "./decryptBatch";
import type { EntryDecryptor } from "./entryDecryptor";
import { openDecryptor } from "./openDecryptor";
import type { DecryptAnswer, DecryptRequest } from "./protocol";

/**
 * What a decrypt worker does with its messages; tests give their own `open`. Rejects when asked to
 * decrypt before `open`, and when the key cannot be opened with the engine asked for.
 */
export function createDecryptHandler(
  options: { readonly open?: typeof openDecryptor } = {},
): (request: DecryptRequest) => Promise<DecryptAnswer> {
  const { open = openDecryptor } = options;
  let decryptor: EntryDecryptor | null = null;
  return async (request) => {
    if (request.kind === "open") {
      decryptor?.close();
      decryptor = await open(request.key, request.engine);
      return { kind: "opened", engine: decryptor.engine };
    }
    if (decryptor === null) {
      throw new Error("no key was given");
    }
    return { kind: "decrypted", results: await decryptEntries(decryptor, request.batch) };
  };
}
