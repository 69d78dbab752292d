import { describe, expect, it } from "vitest";
import { createFakeStorage } from "@/testing/createTestApp";
import { backupVersion } from "@/testing/facts";
import { createMemory } from "./memory";

const seen = {
  version: backupVersion("3"),
  publicKey: "key",
  at: 5,
  count: 9,
  earlier: [backupVersion("2")],
};
const lastRestore = {
  version: backupVersion("3"),
  at: 6,
  imported: 1,
  already: 2,
  failed: 3,
  missing: 4,
  keysPerSecond: 2_400,
};
const interrupted = { version: backupVersion("3"), deviceId: "DEVICE" };
const lastKeyTest = { version: backupVersion("3"), at: 7, result: "works", against: null } as const;
const nothing = {
  seen: null,
  lastRestore: null,
  interrupted: null,
  lastKeyTest: null,
  proven: null,
  signedInAt: null,
};

describe("the browser's memory of a user", () => {
  it("knows nothing at first, keeps what is written, and one thing does not overwrite another", () => {
    const memory = createMemory(createFakeStorage());
    expect(memory.read("@a:x")).toEqual(nothing);
    memory.write("@a:x", { seen });
    memory.write("@a:x", { lastRestore });
    memory.write("@a:x", { interrupted });
    memory.write("@a:x", { lastKeyTest });
    const proven = { version: backupVersion("3"), keyId: "k" };
    memory.write("@a:x", { proven });
    memory.write("@a:x", { signedInAt: "hs.test" });
    const rest = {
      lastRestore,
      interrupted,
      lastKeyTest,
      proven,
      signedInAt: "hs.test",
    };
    expect(memory.read("@a:x")).toEqual({ seen, ...rest });
    memory.write("@a:x", { seen: null });
    expect(memory.read("@a:x")).toEqual({ seen: null, ...rest });
  });

  it("knows whose session is stored, until it was removed on purpose", () => {
    const storage = createFakeStorage();
    const user = { userId: "@a:x", deviceId: "D", homeserverUrl: "https://x" };
    createMemory(storage).noteDevice(user);
    expect(createMemory(storage).readDevice()).toEqual(user);
    createMemory(storage).clear("@a:x");
    expect(createMemory(storage).readDevice()).toEqual(user);
    createMemory(storage).noteDevice(null);
    expect(createMemory(storage).readDevice()).toBeNull();
    expect(storage.items.size).toBe(0);
    storage.items.set("key-backup.device", '{"userId":1}');
    expect(createMemory(storage).readDevice()).toBeNull();
  });

  it("keeps users apart, and forgets one without the other", () => {
    const storage = createFakeStorage();
    const memory = createMemory(storage);
    memory.write("@a:x", { seen });
    memory.write("@b:x", { seen });
    expect(memory.clear("@a:x").seen).toEqual(seen);
    expect(memory.read("@a:x")).toEqual(nothing);
    expect(memory.read("@b:x").seen).toEqual(seen);
    memory.clear("@b:x");
    expect(storage.items.size).toBe(0);
  });

  it.each([undefined, null, 0, -1, "2400"])("takes the speed %j for not known", (keysPerSecond) => {
    const storage = createFakeStorage();
    const record = JSON.stringify({ lastRestore: { ...lastRestore, keysPerSecond } });
    storage.setItem("key-backup.memory.@a:x", record);
    const expected = { ...lastRestore, keysPerSecond: null };
    expect(createMemory(storage).read("@a:x").lastRestore).toEqual(expected);
  });

  it("reads a backup that an earlier build remembered", () => {
    const storage = createFakeStorage();
    const record = { seen: { version: "3", publicKey: "key", at: 5, earlier: [4, "", "2"] } };
    storage.setItem("key-backup.memory.@a:x", JSON.stringify(record));
    expect(createMemory(storage).read("@a:x").seen).toEqual({ ...seen, count: null });
  });

  it.each([
    "not json",
    "null",
    "[]",
    "7",
    '{"seen":{"version":5,"publicKey":null,"at":1}}',
    '{"seen":{"version":"","publicKey":null,"at":1}}',
    '{"seen":{"version":"1","publicKey":4,"at":1}}',
    '{"seen":{"version":"1"},"lastRestore":{"version":"1","at":1,"imported":-1}}',
    '{"lastRestore":{"version":"1","at":1,"imported":1,"already":1,"failed":"0","missing":0}}',
    '{"proven":7}',
    '{"proven":{"version":"1"}}',
    '{"proven":{"version":"","keyId":"k"}}',
    '{"interrupted":{"version":"","deviceId":"D"}}',
    '{"interrupted":{"version":"1","deviceId":null}}',
    '{"lastKeyTest":{"version":"1","at":1,"result":"well"}}',
    '{"lastKeyTest":{"version":1,"at":1,"result":"works"}}',
    '{"lastKeyTest":{"version":"1","at":"1","result":"works"}}',
  ])("takes %s for nothing", (text) => {
    const storage = createFakeStorage();
    storage.setItem("key-backup.memory.@a:x", text);
    expect(createMemory(storage).read("@a:x")).toEqual(nothing);
  });

  it("works without storage, and with one that refuses", () => {
    const refuse = (): never => {
      throw new DOMException("full", "QuotaExceededError");
    };
    for (const storage of [null, { getItem: refuse, setItem: refuse, removeItem: refuse }]) {
      const memory = createMemory(storage);
      memory.write("@a:x", { seen });
      memory.clear("@a:x");
      expect(memory.read("@a:x")).toEqual(nothing);
    }
  });
});
