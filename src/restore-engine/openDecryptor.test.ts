import * as fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  damagedEntries,
  FIELD_NAMES,
  spoiledTexts,
  type NamedEntry,
} from "@/testing/damagedEntries";
import {
  createEntryForge,
  createForgeFrom,
  forgeEntry,
  generateBackupKeyPair,
  unpaddedBase64,
  type BackupKeyPair,
  type EntryForge,
  type ForgedSession,
} from "@/testing/forgeBackup";
import { decryptEntries } from "./decryptBatch";
import type { EntryDecryptor } from "./entryDecryptor";
import { openDecryptor } from "./openDecryptor";
import type { EncryptedEntries, SessionResult } from "./protocol";
import { openWasmDecryptor } from "./wasmDecryptor";

let keyPair: BackupKeyPair;
let forge: EntryForge;
let corpus: NamedEntry[];
let good: ForgedSession;

beforeAll(async () => {
  keyPair = await generateBackupKeyPair();
  forge = await createEntryForge(keyPair.publicKey);
  corpus = await damagedEntries(keyPair);
  good = await forge.encrypt("{}");
});

afterEach(() => {
  vi.restoreAllMocks();
  noWasm.mockClear();
});

const key = (): Uint8Array<ArrayBuffer> => keyPair.privateKey.slice();

const noWasm = vi.fn<typeof openWasmDecryptor>(() => Promise.reject(new Error("not wanted")));

function batchOf(values: readonly unknown[]): EncryptedEntries {
  const bytes: number[] = [];
  const ends: number[] = [];
  for (const value of values) {
    for (const byte of new TextEncoder().encode(JSON.stringify(value))) {
      bytes.push(byte);
    }
    ends.push(bytes.length);
  }
  return { bytes: Uint8Array.from(bytes), ends };
}

/** Both engines, opened for one key. */
async function openBoth(): Promise<{ webCrypto: EntryDecryptor; wasm: EntryDecryptor }> {
  const webCrypto = await openDecryptor(key(), "webcrypto");
  const wasm = await openDecryptor(key(), "wasm");
  return { webCrypto, wasm };
}

describe("what both engines say of an entry", () => {
  it("is the same for good entries and damaged ones of every kind we know", async () => {
    const { webCrypto, wasm } = await openBoth();
    const batch = batchOf(corpus.map(([, value]) => value));
    const named = (results: readonly SessionResult[]): unknown[] =>
      corpus.map(([what], index) => [what, results[index]]);

    const expected = await decryptEntries(wasm, batch);

    expect(named(await decryptEntries(webCrypto, batch))).toEqual(named(expected));
    // The corpus is worth something only while it holds every fate, and some of each.
    const fates = Map.groupBy(expected, (result) => (result.ok ? "ok" : result.reason));
    expect([...fates.keys()].toSorted()).toEqual([
      "malformed",
      "ok",
      "undecryptable",
      "wrong_algorithm",
    ]);
    expect(fates.get("ok")?.length).toBeGreaterThan(20);
    expect(fates.get("undecryptable")?.length).toBeGreaterThan(100);
  });

  it("is the same text, or none, for whatever is done to the fields", async () => {
    const { webCrypto, wasm } = await openBoth();
    const spoil = fc.constantFrom(...spoiledTexts.map(([, change]) => change));
    const replaceLetter = fc.tuple(fc.nat(80), fc.constantFrom(..."AQgw+/=-_ \n".split(""))).map(
      ([at, letter]) =>
        (text: string): string =>
          text.slice(0, at) + letter + text.slice(at + 1),
    );
    const replaceAll = fc
      .oneof(
        fc.string({ unit: "binary", maxLength: 50 }),
        fc.base64String({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 50 }).map((bytes) => unpaddedBase64(bytes)),
        fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => unpaddedBase64(bytes)),
      )
      .map((text) => () => text);
    const changes = fc.array(
      fc.tuple(fc.constantFrom(...FIELD_NAMES), fc.oneof(spoil, replaceLetter, replaceAll)),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const session: Record<keyof ForgedSession, string> = { ...good };
        for (const [name, change] of changed) {
          session[name] = change(session[name]);
        }
        expect(await webCrypto.decrypt(session)).toBe(await wasm.decrypt(session));
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same text for plaintexts of any bytes, whole or cut at any block", async () => {
    const { webCrypto, wasm } = await openBoth();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.string({ unit: "binary", maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
      fc
        .array(fc.constantFrom(0xef, 0xbb, 0xbf, 0xed, 0xa0, 0xc0, 0xf0, 0x80, 0x22, 1, 2, 16), {
          maxLength: 48,
        })
        .map((values) => Uint8Array.from(values)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(3), async (plaintext, cut) => {
        const forged = await forge.encrypt(Uint8Array.from(plaintext));
        const ciphertext = atob(forged.ciphertext);
        const session = {
          ...forged,
          ciphertext: btoa(ciphertext.slice(0, Math.max(0, ciphertext.length - 16 * cut))),
        };
        expect(await webCrypto.decrypt(session)).toBe(await wasm.decrypt(session));
      }),
      { numRuns: 1000 },
    );
  });

  it("is nothing for an entry encrypted to the shared secret that low-order keys lead to", async () => {
    const { webCrypto, wasm } = await openBoth();
    const hostile = await createForgeFrom(new Uint8Array(32), new Uint8Array(32));
    const session = await hostile.encrypt("{}");
    expect(await wasm.decrypt(session)).toBeNull();
    expect(await webCrypto.decrypt(session)).toBeNull();
  });
});

describe("WebCrypto", () => {
  it("decrypts good entries, each with an ephemeral key of its own, without the WebAssembly", async () => {
    const entries = await Promise.all(
      Array.from({ length: 50 }, async () =>
        forgeEntry(await createEntryForge(keyPair.publicKey), "!room:x"),
      ),
    );
    const decryptor = await openDecryptor(key(), "auto", noWasm);
    const results = await decryptEntries(decryptor, batchOf(entries.map(({ value }) => value)));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(decryptor.engine).toBe("webcrypto");
    expect(noWasm).not.toHaveBeenCalled();
  });

  it("asks the WebAssembly about a flood of bad entries, and opens it once", async () => {
    const openWasm = vi.fn(openWasmDecryptor);
    const decryptor = await openDecryptor(key(), "auto", openWasm);
    const bad = { session_data: { ...good, mac: "AAAAAAAAAAA" } };
    const results = await decryptEntries(
      decryptor,
      batchOf(Array.from({ length: 2000 }, () => bad)),
    );
    expect(results).toHaveLength(2000);
    expect(results.every((result) => !result.ok && result.reason === "undecryptable")).toBe(true);
    expect(openWasm).toHaveBeenCalledTimes(1);
  });

  it("decrypts nothing whose MAC is wrong", async () => {
    const decryptor = await openDecryptor(key());
    const decrypt = vi.spyOn(crypto.subtle, "decrypt");
    expect(await decryptor.decrypt({ ...good, mac: "AAAAAAAAAAA" })).toBeNull();
    expect(decrypt).not.toHaveBeenCalled();
    expect(await decryptor.decrypt(good)).toBe("{}");
    expect(decrypt).toHaveBeenCalled();
  });
});

describe("a browser that takes off the wrong padding", () => {
  it.each([
    ["none", 0],
    ["more than a block", 17],
  ])("is not believed: %s", async (_what, removed) => {
    const decryptor = await openDecryptor(key());
    const text = JSON.stringify({ body: "x".repeat(30) });
    const session = await forge.encrypt(text);
    const length = atob(session.ciphertext).length - removed;
    vi.spyOn(crypto.subtle, "decrypt").mockResolvedValue(new ArrayBuffer(length));
    expect(await decryptor.decrypt(session)).toBe(text);
  });
});

describe("the key", () => {
  it.each(["auto", "webcrypto", "wasm"] as const)(
    "is zeroed by whom it is given to: %s",
    async (choice) => {
      const given = key();
      await openDecryptor(given, choice);
      expect(given).toEqual(new Uint8Array(32));
    },
  );

  it("is zeroed when nothing can be opened with it", async () => {
    const given = key();
    await expect(openDecryptor(given, "wasm", noWasm)).rejects.toThrow("not wanted");
    expect(given).toEqual(new Uint8Array(32));
  });

  it("is handed to WebCrypto as bytes that are zeroed then, and cannot be taken out again", async () => {
    const importKey = vi.spyOn(crypto.subtle, "importKey");
    await openDecryptor(key());
    const privateKeys = importKey.mock.calls.filter(([format]) => (format as string) === "pkcs8");
    expect(privateKeys.length).toBeGreaterThan(0);
    for (const [, bytes, , extractable] of privateKeys) {
      expect(bytes).toEqual(new Uint8Array(48));
      expect(extractable).toBe(false);
    }
  });

  it("is kept for the WebAssembly until that has it, and no copy after that", async () => {
    let kept: Uint8Array | undefined;
    const decryptor = await openDecryptor(key(), "auto", (given) => {
      kept = given;
      expect(given).toEqual(keyPair.privateKey);
      return openWasmDecryptor(given);
    });
    await decryptor.decrypt({ ...good, mac: "" });
    expect(kept).toEqual(new Uint8Array(32));
  });

  it("is gone when closed in the middle: no WebAssembly is opened with what is left of it", async () => {
    const decryptor = await openDecryptor(key(), "auto", noWasm);
    const verdict = decryptor.decrypt({ ...good, mac: "" });
    decryptor.close();
    await expect(verdict).rejects.toThrow("the key is gone");
    expect(noWasm).not.toHaveBeenCalled();
  });

  it("is gone when closed while the WebAssembly is still loading, and condemns no entry", async () => {
    const loading = Promise.withResolvers<void>();
    const openWasm = vi.fn(async (given: Uint8Array) => {
      await loading.promise;
      return openWasmDecryptor(given);
    });
    const decryptor = await openDecryptor(key(), "auto", openWasm);
    const verdict = decryptor.decrypt({ ...good, mac: good.mac.slice(0, 6) });
    await vi.waitFor(() => {
      expect(openWasm).toHaveBeenCalled();
    });
    decryptor.close();
    loading.resolve();
    await expect(verdict).rejects.toThrow("the key is gone");
  });

  it.each(["webcrypto", "wasm"] as const)(
    "is gone after closing once or twice: %s",
    async (choice) => {
      const decryptor = await openDecryptor(key(), choice);
      decryptor.close();
      decryptor.close();
      await expect(decryptor.decrypt(good)).rejects.toThrow("the key is gone");
    },
  );

  it("is freed in the WebAssembly by closing, too", async () => {
    const close = vi.fn<() => void>();
    const opened: EntryDecryptor = { engine: "wasm", decrypt: async () => null, close };
    const decryptor = await openDecryptor(key(), "auto", async () => opened);
    await decryptor.decrypt({ ...good, mac: "" });
    decryptor.close();
    await vi.waitFor(() => {
      expect(close).toHaveBeenCalledTimes(1);
    });
  });

  it.each([0, 31, 33])("is refused when it has %i bytes", async (length) => {
    for (const choice of ["auto", "webcrypto", "wasm"] as const) {
      await expect(openDecryptor(new Uint8Array(length), choice)).rejects.toThrow();
    }
  });
});

describe("where the WebAssembly breaks down", () => {
  const broken =
    (error: Error): (() => Promise<EntryDecryptor>) =>
    async () => ({
      engine: "wasm",
      decrypt: () => Promise.reject(error),
      close: () => undefined,
    });

  it("the batch ends, whichever engine asked", async () => {
    const batch = batchOf([{ session_data: good }, { session_data: { ...good, mac: "" } }]);
    for (const choice of ["webcrypto", "wasm"] as const) {
      const open = broken(new WebAssembly.RuntimeError("unreachable"));
      const decryptor = await openDecryptor(key(), choice, open);
      await expect(decryptEntries(decryptor, batch)).rejects.toThrow(WebAssembly.RuntimeError);
    }
  });

  it("or does not load, a batch with a bad entry ends, one of good entries does not", async () => {
    const decryptor = await openDecryptor(key(), "webcrypto", noWasm);
    const bad = { session_data: { ...good, mac: "" } };
    await expect(decryptEntries(decryptor, batchOf([bad, bad]))).rejects.toThrow("not wanted");
    await expect(decryptEntries(decryptor, batchOf([{ session_data: good }]))).resolves.toEqual([
      { ok: false, reason: "malformed" },
    ]);
  });
});

describe("which engine is taken", () => {
  const notSupported = () => Promise.reject(new DOMException("no", "NotSupportedError"));

  const flaws: [string, () => void][] = [
    [
      "cannot import X25519 keys",
      () => vi.spyOn(crypto.subtle, "importKey").mockImplementation(notSupported),
    ],
    ["derives no key", () => vi.spyOn(crypto.subtle, "deriveKey").mockImplementation(notSupported)],
    [
      "gives a wrong answer",
      () =>
        vi.spyOn(crypto.subtle, "deriveBits").mockImplementation(async () => new ArrayBuffer(80)),
    ],
    [
      "does not look at the padding",
      () => {
        const decrypt = crypto.subtle.decrypt.bind(crypto.subtle);
        vi.spyOn(crypto.subtle, "decrypt").mockImplementation((...args) =>
          decrypt(...args).catch(() => new ArrayBuffer(33)),
        );
      },
    ],
    [
      "is not there",
      () => {
        vi.spyOn(crypto, "subtle", "get").mockReturnValue(undefined as unknown as SubtleCrypto);
      },
    ],
  ];

  it.each(flaws)("is the WebAssembly where WebCrypto %s", async (_what, spoil) => {
    spoil();
    const decryptor = await openDecryptor(key());
    vi.restoreAllMocks();
    expect(decryptor.engine).toBe("wasm");
    expect(await decryptor.decrypt(good)).toBe("{}");
  });

  it.each(flaws)("is none where only WebCrypto is wanted and it %s", async (_what, spoil) => {
    spoil();
    await expect(openDecryptor(key(), "webcrypto")).rejects.toThrow("no WebCrypto");
  });

  it("is the WebAssembly where that is wanted", async () => {
    expect((await openDecryptor(key(), "wasm")).engine).toBe("wasm");
  });
});
