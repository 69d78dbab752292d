import type { SignedInUser } from "@/domain/session";
import { deleteDatabase } from "@/lib/idb";
import { forgeSessionData } from "@/testing/forgeBackup";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";
import { cryptoStorePrefix } from "./deviceStore";
import { loadCrypto } from "./loadCrypto";
import { olmMachineOf } from "./olmMachine";
import { openClient, type ClientSession } from "./openClient";
import { createSessionEvents } from "./sessionEvents";
import { createVault, type Vault } from "./vault";

export type RoomKey = Readonly<Record<string, unknown>> & { readonly session_id: string };

/** For tests, in a real browser: devices that the server ended, with their stores. */
export interface EndedRig {
  readonly vault: () => Vault;
  /** Opens the stored session, as `openSession` does. */
  readonly openStored: () => Promise<ClientSession>;
  /** A device with these keys that the server ended; it is the stored one until another is beside it. */
  readonly endStored: (
    keys: readonly RoomKey[],
    prepare?: (old: ClientSession) => Promise<void>,
  ) => Promise<{ readonly prefix: string }>;
  /** A sign-in as a new device, after the stored one was ended. */
  readonly storeNext: () => Promise<void>;
}

/** Nobody listens there: all of it works without a homeserver. */
const device = (): SignedInUser => ({
  userId: "@alice:example.org",
  deviceId: `DEVICE-${crypto.randomUUID()}`,
  homeserverUrl: "http://127.0.0.1:9",
});

/** Sets up and clears away around each test of the file. */
export function installEndedRig(databaseName: string): EndedRig {
  const running: ClientSession[] = [];
  let vault = createVault(databaseName);
  let number = 0;

  beforeAll(async () => {
    expect(await loadCrypto()).toMatchObject({ ok: true });
  });
  beforeEach(() => {
    vault = createVault(databaseName);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((session) => session.stop()));
    expect(await vault.remove()).toMatchObject({ ok: true });
    await deleteDatabase(databaseName);
  });

  async function openStored(): Promise<ClientSession> {
    const stored = await vault.unlock();
    if (!stored.ok || stored.value === null) throw new Error("nothing is stored");
    const opened = await openClient({ ...stored.value, events: createSessionEvents() });
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    expect(await vault.markCryptoStoreMade()).toMatchObject({ ok: true });
    running.push(opened.value);
    return opened.value;
  }

  return {
    vault: () => vault,
    openStored,
    async endStored(keys, prepare) {
      const stored = await vault.read();
      if (stored.ok && stored.value === null) await vault.store(device(), "token");
      const old = await openStored();
      if (keys.length > 0) await hold(old, keys);
      await prepare?.(old);
      await old.stop();
      const { user } = old.context;
      expect(await vault.markEnded(user)).toMatchObject({ ok: true });
      return { prefix: cryptoStorePrefix(user) };
    },
    async storeNext() {
      expect(await vault.storeBeside(device(), `token-${++number}`)).toMatchObject({ ok: true });
    },
  };
}

export async function roomKey(roomId = "!room:example.org"): Promise<RoomKey> {
  const { sessionId, sessionData } = await forgeSessionData();
  return { ...sessionData, room_id: roomId, session_id: sessionId };
}

export const roomKeys = (count: number, roomId?: string): Promise<RoomKey[]> =>
  Promise.all(Array.from({ length: count }, () => roomKey(roomId)));

/** Puts them into the store of an open session. */
export async function hold(session: ClientSession, keys: readonly RoomKey[]): Promise<void> {
  const machine = await olmMachineOf(session.context);
  const result = await machine.importExportedRoomKeys(JSON.stringify(keys), () => undefined);
  expect(result.importedCount).toBe(keys.length);
  result.free();
}
