import { EventType, MsgType } from "matrix-js-sdk";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import type { BackupVersion } from "@/domain/backup";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { openSetUpAccount } from "./accountRig";
import { PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import type { Homeserver, SeenRequest } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";

// Up to ten seconds of random waiting before each upload is for thousands of clients, not for one.
Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });

export const answers = (password: string | null = PASSWORD) => ({
  onStep: () => undefined,
  askPassword: () => Promise.resolve(password),
});

/** For tests: a device of a new account with a backup and some room keys in it. */
export interface AccountWithBackup {
  readonly userId: string;
  readonly device: TestDevice;
  readonly context: SessionContext;
  readonly recoveryKey: RecoveryKey;
  readonly version: BackupVersion;
}

export async function openAccountWithBackup(
  server: Homeserver,
  keys: number,
): Promise<AccountWithBackup> {
  const { userId, device, key: recoveryKey, version } = await openSetUpAccount(server);
  await makeRoomKeys(device, keys);
  await waitForCount(device.context, keys);
  return { userId, device, context: device.context, recoveryKey, version };
}

/** Makes an encrypted room and sends messages, each with a room key of its own. */
export async function makeRoomKeys({ client, context }: TestDevice, keys: number): Promise<void> {
  if (keys === 0) return;
  const { room_id: roomId } = await client.createRoom({
    initial_state: [
      {
        type: "m.room.encryption",
        state_key: "",
        content: { algorithm: "m.megolm.v1.aes-sha2" },
      },
    ],
  });
  await until(() => client.getRoom(roomId)?.hasEncryptionStateEvent() === true);
  for (let sent = 0; sent < keys; sent++) {
    await context.crypto().forceDiscardSession(roomId);
    await client.sendEvent(roomId, EventType.RoomMessage, { msgtype: MsgType.Text, body: "hello" });
  }
}

/** Entries in the backup that this device knows nothing of. */
export async function putForeignKeys(
  context: SessionContext,
  version: BackupVersion,
  keys: number,
): Promise<void> {
  const entry = {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: false,
    session_data: { ciphertext: "x", ephemeral: "x", mac: "x" },
  };
  const sessions = Object.fromEntries(
    Array.from({ length: keys }, (_, index) => [`foreign${index}`, entry]),
  );
  valueOf(
    await context.request("PUT", "/room_keys/keys", {
      query: { version },
      body: { rooms: { "!elsewhere:localhost": { sessions } } },
    }),
  );
}

/** Resolves when the server's current backup holds this many keys. */
export async function waitForCount(context: SessionContext, count: number): Promise<void> {
  const keyBackup = createKeyBackup(context);
  await until(async () => valueOf(await keyBackup.fetchBackupInfo())?.count === count);
}

export async function roomKeysHere(context: SessionContext): Promise<number> {
  const machine = await olmMachineOf(context);
  return withFreed(await machine.roomKeyCounts(), ({ total }) => total);
}

/** Resolves when the check holds; asks every 50 ms, for at most 40 s. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 40_000;
  while (!(await check())) {
    if (performance.now() > end) throw new Error("gave up waiting");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Everything but reads, as "METHOD path". */
export function changesOf(seen: readonly SeenRequest[]): string[] {
  return seen
    .filter(({ method, path }) => method !== "GET" && !isByTheWay(path))
    .map(({ method, path }) => `${method} ${path.replace(/^\/user\/[^/]+\/account_data\//, "")}`);
}

/** What a client sends all the time. */
function isByTheWay(path: string): boolean {
  return /^\/(sync|keys\/query|keys\/upload|keys\/claim|sendToDevice|room_keys\/keys|user\/[^/]+\/filter)/.test(
    path,
  );
}

export const SERVER_ERROR = { status: 400, body: JSON.stringify({ errcode: "M_UNKNOWN" }) };
