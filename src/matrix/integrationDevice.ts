import { ClientEvent, createClient, MemoryStore, type MatrixClient } from "matrix-js-sdk";
import { vi } from "vitest";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { Result } from "@/domain/result";
import { createTurns } from "@/lib/turns";
import type { Homeserver } from "./integrationHomeserver";
import { createMemoryJournal } from "./memoryChangeJournal";
import { createMemoryUploadWish } from "./uploadWish";
import { redactingLogger, redactSharedLogger } from "./redactingLogger";
import { createSessionRequests } from "./request";
import type { SessionContext } from "./sessionContext";
import { SessionFailure } from "./sessionFailure";

redactSharedLogger();

export const PASSWORD = "correct horse";

/** A live context as the app has it, but with the crypto store in memory: Node has no IndexedDB. */
export interface TestDevice {
  readonly context: SessionContext;
  readonly client: MatrixClient;
  stop(): void;
}

/** Signs in on a new device, starts its crypto and its sync, and waits for the first sync. */
export async function openDevice(
  server: Homeserver,
  userId: string,
  options: { readonly fetchFn?: typeof fetch } = {},
): Promise<TestDevice> {
  const answer = await fetch(`${server.url}/_matrix/client/v3/login`, {
    method: "POST",
    body: JSON.stringify({
      type: "m.login.password",
      identifier: { type: "m.id.user", user: userId },
      password: PASSWORD,
    }),
  });
  const login: unknown = await answer.json();
  const deviceId = stringIn(login, "device_id");
  const accessToken = stringIn(login, "access_token");
  const closing = new AbortController();
  const client = createClient({
    baseUrl: server.url,
    userId,
    deviceId,
    accessToken,
    store: new MemoryStore(),
    cryptoCallbacks: { getSecretStorageKey: () => Promise.resolve(null) },
    logger: redactingLogger,
    ...options,
  });
  await client.initRustCrypto({ useIndexedDB: false });
  await client.startClient({ initialSyncLimit: 8 });
  await new Promise<void>((resolve) => {
    const listen = (state: string): void => {
      if (state !== "PREPARED" && state !== "SYNCING") return;
      client.off(ClientEvent.Sync, listen);
      resolve();
    };
    client.on(ClientEvent.Sync, listen);
  });
  return {
    client,
    context: {
      client,
      crypto() {
        const crypto = closing.signal.aborted ? undefined : client.getCrypto();
        if (crypto === undefined) throw new SessionFailure({ kind: "closed" });
        return crypto;
      },
      user: { userId, deviceId, homeserverUrl: server.url },
      cryptoStorePrefix: null,
      // Stands for a device as most are: its store outlives the page.
      storesKeys: true,
      closed: closing.signal,
      takeTurn: createTurns(),
      journal: createMemoryJournal(),
      uploadWish: createMemoryUploadWish(),
      ...createSessionRequests({
        homeserverUrl: server.url,
        accessToken,
        closed: closing.signal,
        onSignedOut: () => undefined,
      }),
    },
    stop() {
      closing.abort();
      client.stopClient();
    },
  };
}

/** The value of a result that must be good; throws with the error's text otherwise. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`unexpected error: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** A copy whose bytes a call may do with as it likes. */
export function copyOf(key: RecoveryKey): RecoveryKey {
  return { bytes: key.bytes.slice(), text: key.text };
}

function stringIn(value: unknown, name: string): string {
  const found: unknown = new Map(Object.entries(value ?? {})).get(name);
  if (typeof found !== "string") throw new Error(`the login answer has no ${name}`);
  return found;
}

/** Makes an encrypted room and sends a message in it: one new room key on this device. */
export async function makeRoomKey({ client, context }: TestDevice): Promise<void> {
  const answer = await context.request("POST", "/createRoom", {
    body: {
      preset: "private_chat",
      initial_state: [
        {
          type: "m.room.encryption",
          state_key: "",
          content: { algorithm: "m.megolm.v1.aes-sha2" },
        },
      ],
    },
  });
  const roomId = stringIn(valueOf(answer), "room_id");
  await vi.waitFor(
    async () => {
      if (!(await context.crypto().isEncryptionEnabledInRoom(roomId))) throw new Error("no room");
    },
    { timeout: 20_000, interval: 50 },
  );
  await client.sendTextMessage(roomId, "a message");
}
