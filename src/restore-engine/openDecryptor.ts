import type { EncryptedSession, EntryDecryptor } from "./entryDecryptor";
import { probeWebCrypto } from "./probeWebCrypto";
import type { EngineChoice } from "./protocol";
import { openWebCryptoDecryptor, type WebCryptoDecryptor } from "./webCryptoDecryptor";

type OpenWasm = (key: Uint8Array) => Promise<EntryDecryptor>;

/**
 * Takes the raw 32-byte key, which is zeroed here, to the browser's WebCrypto where that passes the
 * probe (it is the faster), else to the SDK's WebAssembly. Rejects when the engine asked for is not to
 * be had. `openWasm` is called only when the WebAssembly is needed: it is large.
 */
export async function openDecryptor(
  key: Uint8Array,
  choice: EngineChoice = "auto",
  openWasm: OpenWasm = loadWasmDecryptor,
): Promise<EntryDecryptor> {
  try {
    if (choice !== "wasm" && (await probeWebCrypto())) {
      return new JudgedDecryptor(await openWebCryptoDecryptor(key), key.slice(), openWasm);
    }
    if (choice === "webcrypto") {
      throw new Error("no WebCrypto that decrypts backups");
    }
    return await openWasm(key);
  } finally {
    key.fill(0);
  }
}

async function loadWasmDecryptor(key: Uint8Array): Promise<EntryDecryptor> {
  const { openWasmDecryptor } = await import("./wasmDecryptor");
  return openWasmDecryptor(key);
}

/**
 * WebCrypto decrypts, but never condemns an entry: where it has no plaintext, the WebAssembly has
 * the last word, so that both engines give the same results for whatever a server sends.
 */
class JudgedDecryptor implements EntryDecryptor {
  readonly engine = "webcrypto";
  readonly #webCrypto: WebCryptoDecryptor;
  /**
   * Kept for the WebAssembly, zeroed when that has taken it over. A worker that uses the
   * WebAssembly holds the key in the same way; asking the main thread for it when it is needed
   * would let a damaged entry decide how often the secret is read and posted.
   */
  readonly #key: Uint8Array;
  readonly #openWasm: OpenWasm;
  #wasm: Promise<EntryDecryptor> | null = null;
  #isClosed = false;

  constructor(webCrypto: WebCryptoDecryptor, key: Uint8Array, openWasm: OpenWasm) {
    this.#webCrypto = webCrypto;
    this.#key = key;
    this.#openWasm = openWasm;
  }

  async decrypt(session: EncryptedSession): Promise<string | null> {
    this.#refuseWhenClosed();
    const plaintext = await this.#webCrypto.decrypt(session);
    if (plaintext !== null) {
      return plaintext;
    }
    this.#refuseWhenClosed();
    this.#wasm ??= this.#openWasm(this.#key);
    const wasm = await this.#wasm;
    // Closed meanwhile, it may have been opened with a key of zeros, and would condemn every entry.
    this.#refuseWhenClosed();
    return wasm.decrypt(session);
  }

  close(): void {
    this.#isClosed = true;
    this.#key.fill(0);
    this.#wasm?.then(
      (wasm) => wasm.close(),
      () => undefined,
    );
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) {
      throw new Error("the key is gone");
    }
  }
}
