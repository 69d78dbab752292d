import { forgeSessionData, fromMessage, type ForgedSessionData } from "@/testing/forgeBackup";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  accountWithBackup,
  keyEntries,
  putSessions,
  ROOM,
  sealerOf,
  type Account,
} from "./changesRig";
import { openDevice, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { listStoredKeys, readHeldKeys, roomKeyId } from "./heldRoomKeys";
import { planReplacement } from "./replacePlan";
import { BACKUP_SECRET, writeAccountData } from "./secretStorage";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverStops = new AbortController().signal;
const planOn = async ({ context }: TestDevice) =>
  valueOf(await planReplacement(context, keyEntries(context), neverStops));

async function hold({ context }: TestDevice, sessionId: string, data: ForgedSessionData) {
  const key = { ...data, room_id: ROOM, session_id: sessionId };
  await context.crypto().importRoomKeysAsJson(JSON.stringify([key]));
}

/** Two keys from their first message on, in a backup and nowhere else. */
async function withTwoEntries({ device: { context }, version }: Account) {
  const [one, other] = [await forgeSessionData(), await forgeSessionData()];
  const seal = await sealerOf(context, version);
  await putSessions(context, version, {
    [one.sessionId]: await seal(one.sessionData),
    [other.sessionId]: await seal(other.sessionData),
  });
  return { one, other };
}

test("a key that is here from a later message on counts as one that is only in the backup", async () => {
  const account = await accountWithBackup(server, 2);
  const { device } = account;
  const { one, other } = await withTwoEntries(account);
  expect(await planOn(device)).toMatchObject({ count: 4, held: 2, onlyInBackup: 2 });
  await hold(device, one.sessionId, fromMessage(one.sessionData, 5));
  expect(await planOn(device)).toMatchObject({ count: 4, held: 3, onlyInBackup: 2 });
  await hold(device, other.sessionId, other.sessionData);
  expect(await planOn(device)).toMatchObject({ count: 4, held: 4, onlyInBackup: 1 });
  device.stop();
});

test("a key that the backup has no better is not counted", async () => {
  const account = await accountWithBackup(server, 0);
  const { device } = account;
  const { sessionId, sessionData } = await forgeSessionData();
  const seal = await sealerOf(device.context, account.version);
  const later = await seal(fromMessage(sessionData, 5));
  await putSessions(device.context, account.version, { [sessionId]: later });
  await hold(device, sessionId, fromMessage(sessionData, 5));
  expect(await planOn(device)).toMatchObject({ count: 1, held: 1, onlyInBackup: 0 });
  device.stop();
});

test("without the backup's key, what its entries say of themselves is compared", async () => {
  const account = await accountWithBackup(server, 1);
  const { one, other } = await withTwoEntries(account);
  await writeAccountData(account.device.context, BACKUP_SECRET, {});
  const locked = await openDevice(server, account.userId);
  await hold(locked, one.sessionId, fromMessage(one.sessionData, 5));
  await hold(locked, other.sessionId, other.sessionData);
  expect(await planOn(locked)).toMatchObject({ oldKey: "nowhere", held: 2, onlyInBackup: 2 });
  account.device.stop();
  locked.stop();
});

test("what is held is read in parts, and no further once nobody waits for it", async () => {
  const account = await accountWithBackup(server, 7);
  const { context } = account.device;
  const ids = valueOf(await listStoredKeys(context));
  const held = valueOf(await readHeldKeys(context, ids, { perRead: 3 }));
  expect(new Map(held)).toEqual(new Map(account.held.map((id) => [roomKeyId(ROOM, id), 0])));
  expect(await readHeldKeys(context, ids, { signal: AbortSignal.abort() })).toEqual({
    ok: false,
    error: { kind: "closed" },
  });
  account.device.stop();
});
