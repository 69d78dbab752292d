import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { makeRoomKey, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyExport } from "./keyExport";
import { loadCryptoWasm } from "./olmMachine";
import { createSetUp } from "./setUp";

Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const PASSPHRASE = "drei Wörter für 🔑 eine Datei";
const signal = new AbortController().signal;
const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };

let userId: string;
/** Holds two room keys. */
let maker: TestDevice;
let file: Blob;

beforeEach(async () => {
  userId = await server.register(PASSWORD);
  maker = await openDevice(server, userId);
  await makeRoomKey(maker);
  await makeRoomKey(maker);
  const exported = valueOf(
    await createKeyExport(maker.context).export({ passphrase: PASSPHRASE, signal }),
  );
  expect(exported.count).toBe(2);
  ({ file } = exported);
  return () => maker.stop();
});

const importInto = (device: TestDevice, from: Blob, passphrase = PASSPHRASE) =>
  createKeyExport(device.context).import({
    file: from,
    passphrase,
    onProgress: () => undefined,
    signal,
  });

const counts = (values: Partial<Record<"total" | "added" | "already" | "failed", number>>) => ({
  total: 0,
  added: 0,
  improved: 0,
  already: 0,
  failed: 0,
  ...values,
});

describe("the file", () => {
  test("is the one other apps read: the SDK's own import takes it", async () => {
    const { OlmMachine } = await loadCryptoWasm();
    const json = OlmMachine.decryptExportedRoomKeys(await file.text(), PASSPHRASE);
    const keys: unknown = JSON.parse(json);
    expect(keys).toHaveLength(2);
    const other = await openDevice(server, await server.register(PASSWORD));
    await other.context.crypto().importRoomKeysAsJson(json);
    expect(await other.context.crypto().exportRoomKeys()).toHaveLength(2);
    other.stop();
  });

  test("of the SDK is read here, whatever its rounds", async () => {
    const { OlmMachine } = await loadCryptoWasm();
    const json = await maker.context.crypto().exportRoomKeysAsJson();
    for (const rounds of [1, 100_000]) {
      const text = OlmMachine.encryptExportedRoomKeys(json, PASSPHRASE, rounds);
      const other = await openDevice(server, userId);
      expect(valueOf(await importInto(other, new Blob([text])))).toEqual(
        counts({ total: 2, added: 2 }),
      );
      other.stop();
    }
  });

  test("is the same when the store is read in parts", async () => {
    const { OlmMachine } = await loadCryptoWasm();
    for (const perExport of [1, 2, 3]) {
      const { file: inParts, count } = valueOf(
        await createKeyExport(maker.context, perExport).export({ passphrase: "p", signal }),
      );
      const keys: unknown = JSON.parse(
        OlmMachine.decryptExportedRoomKeys(await inParts.text(), "p"),
      );
      expect(keys).toHaveLength(2);
      expect(count).toBe(2);
    }
  });

  test("cannot be made without keys", async () => {
    const empty = await openDevice(server, await server.register(PASSWORD));
    expect(await createKeyExport(empty.context).export({ passphrase: PASSPHRASE, signal })).toEqual(
      { ok: false, error: { kind: "key_file", problem: "no_keys" } },
    );
    empty.stop();
  });
});

describe("what is wrong with a file is told apart, and nothing is imported", () => {
  test.each([
    ["another passphrase", (text: string) => text, "wrong", "wrong_passphrase"],
    ["no file of the kind", () => "EsTx not a key file", PASSPHRASE, "not_a_key_file"],
    ["a picture", () => "\u0000\u0001PNG", PASSPHRASE, "not_a_key_file"],
    ["an empty file", () => "", PASSPHRASE, "not_a_key_file"],
    ["the end missing", (text: string) => text.slice(0, -60), PASSPHRASE, "cut_off"],
    [
      "nearly all missing",
      (text: string) => `${text.slice(0, 60)}\n-----END MEGOLM SESSION DATA-----`,
      PASSPHRASE,
      "cut_off",
    ],
    [
      "one letter changed",
      (text: string) => text.replace(/.(?=\n-----END)/, (last) => (last === "A" ? "B" : "A")),
      PASSPHRASE,
      "wrong_passphrase",
    ],
    [
      "another version",
      (text: string) => text.replace("-----\nA", "-----\nB"),
      PASSPHRASE,
      "unsupported",
    ],
  ] as [string, (text: string) => string, string, string][])(
    "%s",
    async (_, spoil, passphrase, problem) => {
      const other = await openDevice(server, userId);
      const spoilt = new Blob([spoil(await file.text())]);
      expect(await importInto(other, spoilt, passphrase)).toEqual({
        ok: false,
        error: { kind: "key_file", problem },
      });
      expect(await other.context.crypto().exportRoomKeys()).toEqual([]);
      other.stop();
    },
  );

  test("a file with no keys in it, and one that holds something else", async () => {
    const { OlmMachine } = await loadCryptoWasm();
    const pack = (json: string) => new Blob([OlmMachine.encryptExportedRoomKeys(json, "p", 1)]);
    expect(await importInto(maker, pack("[]"), "p")).toMatchObject({
      error: { kind: "key_file", problem: "no_keys" },
    });
  });
});

describe("the counts", () => {
  test("of a second time, and of keys that are partly here", async () => {
    const other = await openDevice(server, userId);
    expect(valueOf(await importInto(other, file))).toEqual(counts({ total: 2, added: 2 }));
    expect(valueOf(await importInto(other, file))).toEqual(counts({ total: 2, already: 2 }));
    expect(valueOf(await importInto(maker, file))).toEqual(counts({ total: 2, already: 2 }));
    other.stop();
  });

  test("of entries that are no keys, twice the same, or under a wrong id", async () => {
    const { OlmMachine } = await loadCryptoWasm();
    const keys = await maker.context.crypto().exportRoomKeys();
    const [first, second] = keys;
    if (first === undefined || second === undefined) throw new Error("two keys were made");
    const entries = [
      first,
      first,
      { ...second, session_id: "another id" },
      { ...second, session_key: "AAAA" },
      { ...second, room_id: "notaroom" },
      { ...second, algorithm: "m.other" },
      null,
      "text",
      {},
    ];
    const text = OlmMachine.encryptExportedRoomKeys(JSON.stringify(keys), PASSPHRASE, 1);
    expect(text).toContain("MEGOLM");
    // The module refuses to pack what is no list of keys, so our own format does it.
    const { encryptKeyFile } = await import("./keyFileFormat");
    const odd = await encryptKeyFile(JSON.stringify(entries), PASSPHRASE, 10);
    const other = await openDevice(server, userId);
    expect(valueOf(await importInto(other, odd))).toEqual(
      counts({ total: 9, added: 2, already: 1, failed: 6 }),
    );
    const held = await other.context.crypto().exportRoomKeys();
    expect(held.map(({ session_id: id }) => id).toSorted()).toEqual(
      keys.map(({ session_id: id }) => id).toSorted(),
    );
    other.stop();
  });
});

test("imported keys reach the backup", async () => {
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  const { version } = valueOf(await setUp.run(setUp.generateRecoveryKey(), neverAsk));
  const countOnServer = async (): Promise<number> => {
    const answer = await device.context.request("GET", `/room_keys/version/${version}`);
    return (valueOf(answer) as { count: number }).count;
  };
  expect(await countOnServer()).toBe(0);
  expect(valueOf(await importInto(device, file))).toEqual(counts({ total: 2, added: 2 }));
  await vi.waitFor(async () => expect(await countOnServer()).toBe(2), { timeout: 20_000 });
  device.stop();
});
