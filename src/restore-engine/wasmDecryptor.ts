// oxlint-disable-next-line no-restricted-imports -- only here, so that a worker loads it only when it needs it
import { BackupDecryptionKey, initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { EntryDecryptor } from "./entryDecryptor";

/**
 * Loads the crypto WebAssembly and gives it the raw 32-byte key, which is zeroed here. The verdicts
 * of this decryptor are what every other must agree with. Rejects when it does not load or the key
 * has another length.
 */
export async function openWasmDecryptor(key: Uint8Array): Promise<EntryDecryptor> {
  let wasmKey: BackupDecryptionKey;
  try {
    await initAsync();
    wasmKey = BackupDecryptionKey.fromBase64(btoa(String.fromCharCode(...key)));
  } finally {
    key.fill(0);
  }
  let isClosed = false;
  return {
    engine: "wasm",
    async decrypt({ ephemeral, mac, ciphertext }) {
      if (isClosed) {
        throw new Error("the key is gone");
      }
      try {
        return wasmKey.decryptV1(ephemeral, mac, ciphertext);
      } catch (error) {
        // The WebAssembly is broken then, whatever the entry was.
        if (error instanceof WebAssembly.RuntimeError) {
          throw error;
        }
        return null;
      }
    },
    close() {
      if (!isClosed) {
        wasmKey.free();
      }
      isClosed = true;
    },
  };
}
