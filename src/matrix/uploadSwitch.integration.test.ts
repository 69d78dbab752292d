import { afterAll, beforeAll, expect, test } from "vitest";
import { fail } from "@/domain/result";
import { valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createRemoval } from "./removal";
import {
  changesOf,
  makeRoomKeys,
  openAccountWithBackup,
  roomKeysHere,
  until,
  waitForCount,
} from "./removalRig";
import { installUploadSwitch, setUpload } from "./uploadSwitch";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const uploads = (): number =>
  server.seen.filter(({ method, path }) => method === "PUT" && path === "/room_keys/keys").length;

test("off here: nothing is uploaded however often the SDK looks, the counts stay true, and on again everything follows", async () => {
  const { context, device, version } = await openAccountWithBackup(server, 2);
  const removal = createRemoval(context);
  const keyBackup = createKeyBackup(context);
  server.startRecord();
  valueOf(await removal.switchUpload(false));
  await makeRoomKeys(device, 3);
  await until(async () => (await roomKeysHere(context)) === 5);
  valueOf(await keyBackup.recheck());
  await makeRoomKeys(device, 1);
  await until(async () => (await roomKeysHere(context)) === 6);
  valueOf(await keyBackup.recheck());
  expect(uploads()).toBe(0);
  expect(valueOf(await keyBackup.fetchBackupInfo())).toMatchObject({ version, count: 2 });
  // What is and what is not in the backup is still known.
  expect(valueOf(await keyBackup.countRoomKeys())).toEqual({ total: 6, backedUp: 2 });
  expect(changesOf(server.seen).filter((change) => !/createRoom|rooms/.test(change))).toEqual([]);

  valueOf(await removal.switchUpload(true));
  await waitForCount(context, 6);
  expect(valueOf(await keyBackup.countRoomKeys())).toEqual({ total: 6, backedUp: 6 });
  // Only what was missing.
  expect(uploads()).toBe(1);
  device.stop();
});

test("off in the middle of an upload ends it after the request under way", async () => {
  const { context, device } = await openAccountWithBackup(server, 0);
  const removal = createRemoval(context);
  valueOf(await removal.switchUpload(false));
  await makeRoomKeys(device, 120);
  await until(async () => (await roomKeysHere(context)) === 120);
  server.startRecord();
  const mend = server.fail({
    matches(request) {
      if (request.method !== "PUT" || request.path !== "/room_keys/keys") return false;
      setUpload(context.user, false);
      return true;
    },
    afterwards: true,
    status: 200,
    body: JSON.stringify({ etag: "1", count: 100 }),
  });
  valueOf(await removal.switchUpload(true));
  await until(() => uploads() === 1);
  await until(() => isLoopAtRest(context.crypto()));
  mend();
  expect(uploads()).toBe(1);
  expect(valueOf(await createKeyBackup(context).countRoomKeys())).toEqual({
    total: 120,
    backedUp: 100,
  });
  valueOf(await removal.switchUpload(true));
  await waitForCount(context, 120);
  device.stop();
});

test("it is remembered, and where that fails it holds all the same and is said", async () => {
  const { context, device } = await openAccountWithBackup(server, 1);
  const removal = createRemoval(context);
  expect(valueOf(await removal.switchUpload(false))).toEqual({ unstored: null });
  expect(valueOf(await context.uploadWish.readOff())).toBe(true);
  expect(valueOf(await removal.switchUpload(true))).toEqual({ unstored: null });
  expect(valueOf(await context.uploadWish.readOff())).toBe(false);
  const full = { kind: "storage", reason: "quota" } as const;
  const forgetful = createRemoval({
    ...context,
    uploadWish: { ...context.uploadWish, writeOff: async () => fail(full) },
  });
  expect(valueOf(await forgetful.switchUpload(false))).toEqual({ unstored: full });
  expect(forgetful.isUploadOff()).toBe(true);
  server.startRecord();
  await makeRoomKeys(device, 1);
  await until(async () => (await roomKeysHere(context)) === 2);
  valueOf(await createKeyBackup(context).recheck());
  expect(uploads()).toBe(0);
  valueOf(await removal.switchUpload(true));
  device.stop();
});

test("one device's switch is not another's", async () => {
  await installUploadSwitch();
  setUpload({ userId: "@somebody:else", deviceId: "D" }, false);
  const { device } = await openAccountWithBackup(server, 1);
  device.stop();
});

/** Private in the SDK; only this test asks. */
function isLoopAtRest(crypto: object): boolean {
  const manager: unknown = "backupManager" in crypto ? crypto.backupManager : null;
  if (typeof manager !== "object" || manager === null || !("backupKeysLoopRunning" in manager)) {
    throw new Error("the SDK keeps its upload loop somewhere else now");
  }
  return manager.backupKeysLoopRunning === false;
}
