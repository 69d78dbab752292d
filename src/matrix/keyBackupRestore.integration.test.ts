import { BackupDecryptionKey } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, ImportOutcome, SessionEvent } from "@/domain/ports";
import { fail } from "@/domain/result";
import { EventType, MsgType, type MatrixEvent } from "matrix-js-sdk";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { subscribeCryptoEvents } from "./cryptoEvents";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createDecryptionKeySource } from "./keyBackupDecryptionKey";
import { createRoomKeySink } from "./roomKeySink";
import { createRoomKeySource } from "./roomKeySource";
import { createRooms } from "./rooms";
import { createSetUp } from "./setUp";

const ROOMS = 3;
const PATIENCE = { timeout: 30_000, interval: 50 };

let server: Homeserver;
beforeAll(async () => {
  // The SDK waits up to ten seconds at random before it uploads.
  Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });
  server = await startHomeserver();
});
afterAll(() => server.stop());

const quietly = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };

async function backupOf(device: TestDevice): Promise<BackupInfo> {
  const info = valueOf(await createKeyBackup(device.context).fetchBackupInfo());
  if (info === null) throw new Error("no backup");
  return info;
}

/** Makes an encrypted room and says hello in it, as a person would. */
async function sayHello(device: TestDevice, name: string): Promise<string> {
  const { room_id: roomId } = await device.client.createRoom({
    name,
    initial_state: [
      {
        type: "m.room.encryption",
        state_key: "",
        content: { algorithm: "m.megolm.v1.aes-sha2" },
      },
    ],
  });
  await vi.waitUntil(() => device.client.getRoom(roomId)?.hasEncryptionStateEvent(), PATIENCE);
  const content = { msgtype: MsgType.Text as const, body: `Hello from ${name}` };
  await device.client.sendEvent(roomId, EventType.RoomMessage, content);
  return roomId;
}

/** The whole way by hand: download, decrypt, import. */
async function restore(device: TestDevice, version: BackupVersion): Promise<ImportOutcome> {
  const key = valueOf(await createDecryptionKeySource(device.context).read(version));
  const opened = valueOf(
    await createRoomKeySource(device.context).open(version, new AbortController().signal),
  );
  const body = (await new Response(opened.body).json()) as {
    rooms: Record<string, { sessions: Record<string, { session_data: Record<string, string> }> }>;
  };
  const decryptor = BackupDecryptionKey.fromBase64(encodeUnpaddedBase64(key));
  const batch: DecryptedRoomKey[] = Object.entries(body.rooms).flatMap(([roomId, room]) =>
    Object.entries(room.sessions).map(([sessionId, { session_data: data }]) => ({
      roomId,
      sessionId,
      sessionData: JSON.parse(
        decryptor.decryptV1(data.ephemeral ?? "", data.mac ?? "", data.ciphertext ?? ""),
      ) as Record<string, unknown>,
    })),
  );
  decryptor.free();
  const sink = valueOf(await createRoomKeySink(device.context).open(version, batch.length));
  const outcome = valueOf(await sink.import(batch));
  sink.close();
  return outcome;
}

test("what one device wrote, a second one reads after unlock and restore", async () => {
  const userId = await server.register(PASSWORD);
  const first = await openDevice(server, userId);
  const setUp = createSetUp(first.context);
  const key = setUp.generateRecoveryKey();
  valueOf(await setUp.run(copyOf(key), quietly));
  const roomIds: string[] = [];
  for (let i = 1; i <= ROOMS; i++) roomIds.push(await sayHello(first, `Room ${i}`));
  await vi.waitUntil(async () => (await backupOf(first)).count === ROOMS, PATIENCE);
  expect(valueOf(await createKeyBackup(first.context).countRoomKeys())).toEqual({
    total: ROOMS,
    backedUp: ROOMS,
  });
  first.stop();

  const second = await openDevice(server, userId);
  const rooms = createRooms(second.context);
  const keyBackup = createKeyBackup(second.context);
  const before = valueOf(await rooms.list());
  expect(before.map(({ roomId }) => roomId)).toEqual(roomIds.toReversed());
  expect(before.flatMap(({ messages }) => messages)).toEqual(
    roomIds.map(() =>
      expect.objectContaining({
        sender: userId,
        text: null,
        failureCode: "HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED",
      }),
    ),
  );

  const events: SessionEvent[] = [];
  const unsubscribe = subscribeCryptoEvents(second.client, (event) => events.push(event));
  const { version } = await backupOf(second);
  expect(valueOf(await keyBackup.unlock(copyOf(key))).backup).toBe("ready");
  const { imported, already, failures } = await restore(second, version);
  // The SDK fetches keys of messages that were looked at by itself, as soon as it can.
  expect({ stored: imported + already, failures }).toEqual({ stored: ROOMS, failures: [] });
  expect(valueOf(await rooms.countKeysByRoom())).toEqual(new Map(roomIds.map((id) => [id, 1])));
  expect(valueOf(await keyBackup.countRoomKeys())).toEqual({ total: ROOMS, backedUp: ROOMS });

  await vi.waitUntil(
    async () =>
      valueOf(await rooms.list()).every(({ messages }) => messages.every((m) => m.text !== null)),
    PATIENCE,
  );
  expect(
    valueOf(await rooms.list()).map(({ name, messages }) => [name, messages.map((m) => m.text)]),
  ).toEqual([3, 2, 1].map((i) => [`Room ${i}`, [`Hello from Room ${i}`]]));

  expect(events).toContainEqual({ kind: "decryption_key_cached", version });
  expect(events).toContainEqual({ kind: "backup_status", enabled: true });
  expect(events).toContainEqual({ kind: "identity_changed" });
  await vi.waitUntil(() => events.some(({ kind }) => kind === "rooms_changed"), PATIENCE);
  expect(await restore(second, version)).toMatchObject({
    imported: 0,
    already: ROOMS,
    failures: [],
  });

  unsubscribe();
  const heard = events.length;
  valueOf(await keyBackup.unlock(copyOf(key)));
  expect(events.length).toBe(heard);
  second.stop();
});

test("a message that lies behind many changes of the room is fetched for the list", async () => {
  const userId = await server.register(PASSWORD);
  const first = await openDevice(server, userId);
  const roomId = await sayHello(first, "Busy");
  for (let i = 0; i < 10; i++) await first.client.setRoomTopic(roomId, `Topic ${i}`);
  const second = await openDevice(server, userId);
  const [room] = valueOf(await createRooms(second.context).list());
  expect(room).toMatchObject({
    roomId,
    name: "Busy",
    messages: [{ sender: userId, text: null, failureCode: "HISTORICAL_MESSAGE_NO_KEY_BACKUP" }],
  });
  expect(room?.lastActivity).toBeGreaterThan(0);
  first.stop();
  second.stop();
});

test("reading the state again and again causes no events by itself", async () => {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  valueOf(await setUp.run(setUp.generateRecoveryKey(), quietly));
  await sayHello(device, "Quiet");
  const keyBackup = createKeyBackup(device.context);
  const rooms = createRooms(device.context);
  await vi.waitUntil(async () => (await backupOf(device)).count === 1, PATIENCE);
  await vi.waitUntil(async () => valueOf(await rooms.list())[0]?.messages.length === 1, PATIENCE);
  // Everything that the set-up and the message caused has been synced when this echo is back.
  const echo = new Promise<void>((resolve) => {
    const listen = (event: MatrixEvent): void => {
      if (event.getType() === "org.example.echo") resolve();
    };
    device.client.on("accountData" as never, listen as never);
  });
  await device.client.setAccountDataRaw("org.example.echo" as never, { x: 1 } as never);
  await echo;

  const events: SessionEvent[] = [];
  const unsubscribe = subscribeCryptoEvents(device.client, (event) => events.push(event));
  for (let i = 0; i < 3; i++) {
    valueOf(await keyBackup.readCrossSigning());
    valueOf(await keyBackup.readSecretStorage());
    valueOf(await keyBackup.readTrust(await backupOf(device)));
    valueOf(await keyBackup.countRoomKeys());
    valueOf(await keyBackup.readActiveVersion());
    valueOf(await rooms.list());
  }
  expect(events).toEqual([]);
  unsubscribe();
  device.stop();
});

test("a backup that is gone or replaced is named when its keys are asked for", async () => {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  valueOf(await setUp.run(setUp.generateRecoveryKey(), quietly));
  const { version, algorithm, authData } = await backupOf(device);
  const source = createRoomKeySource(device.context);
  const keys = createDecryptionKeySource(device.context);
  const { signal } = new AbortController();

  expect(valueOf(await source.open(version, signal)).body).toBeInstanceOf(ReadableStream);
  valueOf(await device.context.request("DELETE", `/room_keys/version/${version}`));
  expect(await source.open(version, signal)).toEqual(fail({ kind: "no_backup" }));
  expect(await keys.read(version)).toEqual(fail({ kind: "no_backup" }));

  const body = { algorithm, auth_data: authData };
  valueOf(await device.context.request("POST", "/room_keys/version", { body }));
  const { version: actual } = await backupOf(device);
  const changed = fail({ kind: "backup_changed", expected: version, actual });
  expect(await source.open(version, signal)).toEqual(changed);
  expect(await keys.read(version)).toEqual(changed);
  device.stop();
});

test("aborting ends the transfer", async () => {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  valueOf(await setUp.run(setUp.generateRecoveryKey(), quietly));
  const { version } = await backupOf(device);
  const controller = new AbortController();
  controller.abort();
  expect(await createRoomKeySource(device.context).open(version, controller.signal)).toEqual(
    fail({ kind: "closed" }),
  );
  device.stop();
});
