import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { BACKUP_ALGORITHM } from "@/domain/backup";
import { valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { backupPublicKeyOf, randomBackupKey } from "./olmMachine";
import { compareWith, keyHere, openHelped, openTrusted, openVerifying } from "./verificationRig";
import type { VerifyingDevice } from "./verificationRig";

let server: Homeserver;
const opened: { stop(): void }[] = [];
beforeAll(async () => {
  server = await startHomeserver();
});
afterEach(() => {
  for (const device of opened.splice(0)) device.stop();
});
afterAll(() => server.stop());

async function openPair(): Promise<{ helper: VerifyingDevice; newcomer: VerifyingDevice }> {
  const helper = await openTrusted(server);
  const newcomer = await openVerifying(server, helper.context.user.userId);
  opened.push(helper, newcomer);
  return { helper, newcomer };
}

/** Counts how often the SDK has dealt with backup keys that came in. */
function countArrivals(device: VerifyingDevice): () => number {
  const crypto: object = device.context.crypto();
  const check: unknown = Reflect.get(crypto, "checkSecrets");
  if (typeof check !== "function") throw new Error("the SDK has changed");
  let arrivals = 0;
  Reflect.set(crypto, "checkSecrets", async (name: string) => {
    await check.call(crypto, name);
    arrivals++;
  });
  return () => arrivals;
}

const heldKey = (device: VerifyingDevice) => device.context.crypto().getSessionBackupPrivateKey();

test("a key that does not fit the server's backup is not kept; the right one is, when asked for again", async () => {
  const { helper, newcomer } = await openPair();
  const alien = await randomBackupKey();
  const made = valueOf(
    await helper.context.request("POST", "/room_keys/version", {
      body: {
        algorithm: BACKUP_ALGORITHM,
        auth_data: { public_key: await backupPublicKeyOf(alien) },
      },
    }),
  );
  const arrivals = countArrivals(newcomer);
  await compareWith(newcomer, helper);
  await expect.poll(arrivals, { timeout: 20_000 }).toBe(1);
  expect(await heldKey(newcomer)).toBeNull();

  const version: unknown = Reflect.get(Object(made), "version");
  valueOf(await helper.context.request("DELETE", `/room_keys/version/${String(version)}`));
  expect(valueOf(await newcomer.verification.requestKeys())).toBe(true);
  await keyHere(newcomer);
  expect(valueOf(await newcomer.verification.requestKeys())).toBe(false);
});

test("a key that comes while the server fails is dropped by the SDK; asking again brings it", async () => {
  const { helper, newcomer } = await openPair();
  const arrivals = countArrivals(newcomer);
  const mend = server.fail({
    matches: ({ method, path }) => method === "GET" && path === "/room_keys/version",
    status: 500,
    body: JSON.stringify({ errcode: "M_UNKNOWN" }),
  });
  await compareWith(newcomer, helper);
  await expect.poll(arrivals, { timeout: 20_000 }).toBe(1);
  mend();
  expect(await heldKey(newcomer)).toBeNull();
  expect(valueOf(await newcomer.verification.requestKeys())).toBe(true);
  await keyHere(newcomer);
});

test("a key that is pushed without being asked for is compared as well", async () => {
  const { helper, newcomer } = await openPair();
  await compareWith(newcomer, helper);
  await keyHere(newcomer);
  const good = await heldKey(newcomer);
  const arrivals = countArrivals(newcomer);
  // The helper holds another key now than the server's backup has, and pushes it (MSC4385).
  const alien = await randomBackupKey();
  await helper.context.crypto().storeSessionBackupPrivateKey(alien, "99");
  const push: unknown = Reflect.get(helper.context.crypto(), "pushSecretToVerifiedDevices");
  if (typeof push !== "function") throw new Error("the SDK has changed");
  await push.call(helper.context.crypto(), "m.megolm_backup.v1");
  await expect.poll(arrivals, { timeout: 20_000 }).toBe(1);
  expect(await heldKey(newcomer)).toEqual(good);
});

test("nothing is sent to a device that asks without being verified", async () => {
  const { newcomer } = await openPair();
  const arrivals = countArrivals(newcomer);
  server.startRecord();
  expect(valueOf(await newcomer.verification.requestKeys())).toBe(true);
  await expect
    .poll(() => server.seen.filter(({ path }) => path.includes("m.secret.request")).length)
    .toBeGreaterThan(0);
  // A request of the helper's own after it shows that the helper has seen the first one.
  await expect
    .poll(() => server.seen.filter(({ path }) => path === "/sync").length, { timeout: 20_000 })
    .toBeGreaterThan(1);
  expect(arrivals()).toBe(0);
  expect(await heldKey(newcomer)).toBeNull();
});

test("a new backup's key is pushed to verified devices and to no other", async () => {
  const { helper, newcomer } = await openPair();
  const helped = await openHelped(server, helper);
  opened.push(helped);
  const before = valueOf(await createKeyBackup(helped.context).fetchBackupInfo());
  // It fails after the push, at a secret storage that nobody opens for it here.
  await expect(helper.context.crypto().resetKeyBackup()).rejects.toThrow("returned falsey");
  await keyHere(helped);
  const after = valueOf(await createKeyBackup(helped.context).fetchBackupInfo());
  expect(after?.version).not.toBe(before?.version);
  expect(await heldKey(newcomer)).toBeNull();
});
