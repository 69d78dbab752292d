import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import type { DemoAccount } from "../../scripts/demo/demoAccount.ts";
import { startDemo, type Demo } from "../../scripts/demo/startDemo.ts";
import { findFreePort } from "../../scripts/lib/synapseProcess.ts";
import { OtherDevice } from "../support/OtherDevice.ts";

// What `npm start` promises about its accounts, looked at by fresh devices.

test("the demo is filled once, and its accounts are what they are said to be", async () => {
  test.setTimeout(420_000);
  const dataFolder = test.info().outputPath("demo");
  const news: string[] = [];
  const begin = async (): Promise<Demo> =>
    startDemo({
      port: await findFreePort(),
      dataFolder,
      python: process.env["SYNAPSE_PYTHON"] ?? "",
      onProgress: (line) => news.push(line),
    });

  const first = await begin();
  await first.stop();
  expect(news.length).toBeGreaterThan(5);
  expect((await stat(join(dataFolder, "accounts.json"))).mode & 0o077).toBe(0);

  news.length = 0;
  const demo = await begin();
  try {
    expect(news, "a second start fills nothing").toEqual(["Starting the demo homeserver"]);
    expect(demo.accounts).toEqual(first.accounts);
    const [alice, bob, carol] = demo.accounts;
    if (alice === undefined || bob === undefined || carol === undefined) {
      throw new Error("three accounts were promised");
    }
    await checkAlice(demo, alice);
    await checkBob(demo, bob);
    await checkCarol(demo, carol);
  } finally {
    await demo.stop();
  }

  // Without its stamp the data counts as half made: whatever is there is thrown away.
  await rm(join(dataFolder, "seeded.json"));
  await expect(
    startDemo({ ...(await anyStart(dataFolder)), python: "/no/python" }),
  ).rejects.toThrow("could not be started");
  await expect(stat(join(dataFolder, "accounts.json"))).rejects.toThrow("ENOENT");
});

async function anyStart(dataFolder: string) {
  return { port: await findFreePort(), dataFolder, onProgress: () => {} };
}

async function freshDevice(demo: Demo, account: DemoAccount): Promise<OtherDevice> {
  const device = await OtherDevice.signIn({ homeserverUrl: demo.homeserverUrl, ...account });
  expect(await device.api.devices(), "the seeding's devices are gone").toHaveLength(1);
  return device;
}

async function checkAlice(demo: Demo, account: DemoAccount): Promise<void> {
  const device = await freshDevice(demo, account);
  try {
    await device.unlock(account.recoveryKey ?? "");
    expect(await device.status()).toMatchObject({
      verified: true,
      trust: { trusted: true, matchesDecryptionKey: true },
    });
    const restored = await device.restore();
    expect(restored.total).toBeGreaterThanOrEqual(2_000);
    expect(restored.imported).toBe(restored.total);
    const keys = await device.exportRoomKeys();
    expect(keys).toHaveLength(restored.total);
    expect(new Set(keys.map((key) => key.room_id)).size).toBeGreaterThanOrEqual(20);

    const rooms = device.client.getRooms();
    expect(rooms.map((room) => room.name)).toContain("Book club");
    const messages = await Promise.all(rooms.map((room) => device.readMessages(room.roomId)));
    expect(messages.flat().filter((message) => message.body === null)).toEqual([]);
    const used = new Set(messages.flat().map((message) => message.sessionId));
    expect(used.size, "keys with a real message").toBeGreaterThanOrEqual(300);
    expect(new Set(messages.flat().map((message) => message.sender)).size).toBe(3);
  } finally {
    await device.signOut();
  }
}

async function checkBob(demo: Demo, account: DemoAccount): Promise<void> {
  expect(account.recoveryKey).toBeNull();
  const device = await freshDevice(demo, account);
  try {
    expect(await device.status()).toMatchObject({
      crossSigningReady: false,
      secretStorageReady: false,
      backup: null,
    });
    expect(device.client.getRooms().length).toBeGreaterThan(3);
    // The whole way from nothing works for him.
    await device.setUpBackup();
    expect(await device.status()).toMatchObject({ activeVersion: "1", verified: true });
  } finally {
    await device.signOut();
  }
}

async function checkCarol(demo: Demo, account: DemoAccount): Promise<void> {
  const text = await readFile(account.recoveryKeyFile ?? "", "utf8");
  const key = text.trimEnd().split("\n").at(-1) ?? "";
  expect(key).toBe(account.recoveryKey);
  expect(text).toContain("User ID: @carol:localhost");
  const device = await freshDevice(demo, account);
  try {
    await device.unlock(key);
    const restored = await device.restore();
    expect(restored.total).toBeGreaterThan(100);
    expect(restored.imported).toBe(restored.total);
  } finally {
    await device.signOut();
  }
}
