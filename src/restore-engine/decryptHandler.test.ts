import { beforeAll, describe, expect, it, vi } from "vitest";
import { generateBackupKeyPair, type BackupKeyPair } from "@/testing/forgeBackup";
import { createDecryptHandler } from "./decryptHandler";
import type { EntryDecryptor } from "./entryDecryptor";

let keyPair: BackupKeyPair;

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
});

const key = (): Uint8Array<ArrayBuffer> => keyPair.privateKey.slice();

describe("what a decrypt worker answers", () => {
  it("says which engine it has opened, the fastest one unless asked for another", async () => {
    const handle = createDecryptHandler();
    expect(await handle({ kind: "open", key: key() })).toEqual({
      kind: "opened",
      engine: "webcrypto",
    });
    expect(await handle({ kind: "open", key: key(), engine: "wasm" })).toEqual({
      kind: "opened",
      engine: "wasm",
    });
  });

  it("refuses to decrypt before it has a key", async () => {
    const handle = createDecryptHandler();
    const batch = { bytes: new Uint8Array(0), ends: [] };
    await expect(handle({ kind: "decrypt", batch })).rejects.toThrow("no key was given");
  });

  it("lets an earlier key go when it is given another", async () => {
    const close = vi.fn<() => void>();
    const opened: EntryDecryptor = { engine: "wasm", decrypt: async () => null, close };
    const handle = createDecryptHandler({ open: async () => opened });
    await handle({ kind: "open", key: key() });
    expect(close).not.toHaveBeenCalled();
    await handle({ kind: "open", key: key() });
    expect(close).toHaveBeenCalledTimes(1);
  });
});
