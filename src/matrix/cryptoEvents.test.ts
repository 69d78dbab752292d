import type { SessionEvent } from "@/domain/ports";
import {
  ClientEvent,
  createClient,
  MatrixEvent,
  MatrixEventEvent,
  RoomEvent,
  type MatrixClient,
  type Room,
} from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { subscribeCryptoEvents } from "./cryptoEvents";

const OWN = "@me:server";

let client: MatrixClient;
let heard: SessionEvent[];
let unsubscribe: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  client = createClient({ baseUrl: "https://server", userId: OWN, deviceId: "D" });
  heard = [];
  unsubscribe = subscribeCryptoEvents(client, (event) => heard.push(event));
});

afterEach(() => {
  unsubscribe();
  vi.useRealTimers();
});

function accountData(type: string): void {
  client.emit(ClientEvent.AccountData, new MatrixEvent({ type, content: {} }));
}

test("the four backup events come through at once", () => {
  client.emit(CryptoEvent.KeyBackupStatus, true);
  client.emit(CryptoEvent.KeyBackupFailed, "M_NOT_FOUND");
  client.emit(CryptoEvent.KeyBackupSessionsRemaining, 12);
  client.emit(CryptoEvent.KeyBackupDecryptionKeyCached, "7");
  expect(heard).toEqual([
    { kind: "backup_status", enabled: true },
    { kind: "backup_failed", code: "M_NOT_FOUND" },
    { kind: "upload_remaining", count: 12 },
    { kind: "decryption_key_cached", version: "7" },
  ]);
});

test("a burst about the own identity is one hint, and other people's are none", () => {
  client.emit(CryptoEvent.DevicesUpdated, ["@other:server"], false);
  client.emit(CryptoEvent.UserTrustStatusChanged, "@other:server", undefined as never);
  vi.runAllTimers();
  expect(heard).toEqual([]);
  client.emit(CryptoEvent.KeysChanged, {});
  client.emit(CryptoEvent.DevicesUpdated, ["@other:server", OWN], false);
  client.emit(CryptoEvent.UserTrustStatusChanged, OWN, undefined as never);
  vi.runAllTimers();
  expect(heard).toEqual([{ kind: "identity_changed" }]);
});

test("account data of secret storage and backup is a hint, other account data is not", () => {
  accountData("m.push_rules");
  accountData("m.megolm_backup.v1.other");
  vi.runAllTimers();
  expect(heard).toEqual([]);
  for (const type of [
    "m.secret_storage.default_key",
    "m.secret_storage.key.abc",
    "m.cross_signing.master",
    "m.megolm_backup.v1",
    "m.key_backup",
  ]) {
    accountData(type);
    vi.runAllTimers();
  }
  expect(heard).toEqual(Array.from({ length: 5 }, () => ({ kind: "secrets_changed" })));
});

test("a hundred events of encrypted rooms are one hint; older messages and plain rooms are none", () => {
  const event = new MatrixEvent({ type: "m.room.encrypted", room_id: "!r:s" });
  const room = (encrypted: boolean): Room =>
    ({ hasEncryptionStateEvent: () => encrypted }) as unknown as Room;
  const timeline = (where: Room, toStart: boolean): void => {
    client.emit(RoomEvent.Timeline, event, where, toStart, false, { timeline: undefined as never });
  };
  timeline(room(false), false);
  timeline(room(true), true);
  vi.runAllTimers();
  expect(heard).toEqual([]);
  for (let i = 0; i < 100; i++) timeline(room(true), false);
  client.emit(MatrixEventEvent.Decrypted, event);
  vi.runAllTimers();
  expect(heard).toEqual([{ kind: "rooms_changed" }]);
});

test("after unsubscribing nothing is heard, not even what was waiting, and no listener is left", () => {
  const plain = createClient({ baseUrl: "https://server", userId: OWN, deviceId: "D" });
  accountData("m.key_backup");
  unsubscribe();
  vi.runAllTimers();
  client.emit(CryptoEvent.KeyBackupStatus, true);
  client.emit(CryptoEvent.KeysChanged, {});
  vi.runAllTimers();
  expect(heard).toEqual([]);
  const names = [CryptoEvent, ClientEvent, RoomEvent, MatrixEventEvent].flatMap((names) =>
    Object.values(names),
  );
  for (const name of names) {
    expect(client.listenerCount(name as never)).toBe(plain.listenerCount(name as never));
  }
});
