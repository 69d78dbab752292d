import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { yieldToMain } from "@/lib/yieldToMain";
import { decryptEntries } from "./decryptBatch";
import type { EntryDecryptor } from "./entryDecryptor";
import type { EncryptedEntries, SessionResult } from "./protocol";
import { openWasmDecryptor } from "./wasmDecryptor";

/** Entries between two yields: about 4 ms of work. */
const STEP = 16;

/**
 * Decrypts on the calling thread, for browsers that start no worker. Slow, but complete. Always in
 * the WebAssembly, which the main thread has loaded anyway for its store.
 */
export class InThreadDecryptor {
  readonly #readKey: () => Promise<Result<Uint8Array, AppError>>;
  #decryptor: Promise<Result<EntryDecryptor, AppError>> | null = null;
  #isClosed = false;

  constructor(readKey: () => Promise<Result<Uint8Array, AppError>>) {
    this.#readKey = readKey;
  }

  async decrypt(batch: EncryptedEntries): Promise<Result<readonly SessionResult[], AppError>> {
    this.#decryptor ??= this.#open();
    const decryptor = await this.#decryptor;
    if (!decryptor.ok) {
      return decryptor;
    }
    const results: SessionResult[] = [];
    for (let from = 0; from < batch.ends.length; from += STEP) {
      if (this.#isClosed) {
        return fail({ kind: "closed" });
      }
      const to = Math.min(from + STEP, batch.ends.length);
      results.push(...(await decryptEntries(decryptor.value, batch, from, to)));
      await yieldToMain();
    }
    return ok(results);
  }

  /** Frees the key. A batch under way fails with `closed` at its next step. */
  close(): void {
    this.#isClosed = true;
    this.#decryptor?.then(
      (decryptor) => {
        if (decryptor.ok) {
          decryptor.value.close();
        }
      },
      () => undefined,
    );
  }

  async #open(): Promise<Result<EntryDecryptor, AppError>> {
    const key = await this.#readKey();
    if (!key.ok) {
      return key;
    }
    try {
      return ok(await openWasmDecryptor(key.value));
    } catch (error) {
      const detail = error instanceof Error ? error.name : "unknown";
      return fail({ kind: "crypto_unavailable", detail });
    } finally {
      key.value.fill(0);
    }
  }
}
