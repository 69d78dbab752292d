import type { DecryptedRoomKey } from "@/domain/ports";
import type { Result } from "@/domain/result";
import { createTurns } from "@/lib/turns";
import { createClient, MemoryStore, type MatrixClient } from "matrix-js-sdk";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { createMemoryJournal } from "./memoryChangeJournal";
import { createMemoryUploadWish } from "./uploadWish";
import { redactingLogger, redactSharedLogger } from "./redactingLogger";
import type { SessionContext } from "./sessionContext";
import { SessionFailure } from "./sessionFailure";

export type Bytes = Uint8Array<ArrayBuffer>;

/** A device with a real crypto store in IndexedDB. */
export interface StoreRig {
  readonly client: MatrixClient;
  readonly context: SessionContext & { readonly cryptoStorePrefix: string };
  /** From now on the session is closed. */
  readonly endSession: () => void;
  /** Stops the client and deletes the store. */
  readonly remove: () => Promise<void>;
}

/** For tests: opens a new device. `fetch` is the homeserver, which is unreachable without it. */
export async function openStoreRig(
  options: {
    readonly encrypted?: boolean;
    readonly fetch?: typeof fetch;
    readonly inMemory?: boolean;
  } = {},
): Promise<StoreRig> {
  redactSharedLogger();
  const closing = new AbortController();
  const user = { userId: "@me:localhost", deviceId: "D", homeserverUrl: "http://127.0.0.1:1" };
  const unreachable = (): Promise<never> => Promise.reject(new TypeError("unreachable"));
  const client = createClient({
    ...user,
    baseUrl: user.homeserverUrl,
    accessToken: "t",
    store: new MemoryStore(),
    fetchFn: options.fetch ?? unreachable,
    logger: redactingLogger,
  });
  const cryptoDatabasePrefix = `rig-${crypto.randomUUID()}`;
  await client.initRustCrypto({
    useIndexedDB: options.inMemory !== true,
    cryptoDatabasePrefix,
    ...(options.encrypted === false ? {} : { storageKey: new Uint8Array(32).fill(7) }),
  });
  return {
    client,
    context: {
      client,
      user,
      cryptoStorePrefix: cryptoDatabasePrefix,
      storesKeys: options.inMemory !== true,
      closed: closing.signal,
      takeTurn: createTurns(),
      journal: createMemoryJournal(),
      uploadWish: createMemoryUploadWish(),
      crypto() {
        const sdk = closing.signal.aborted ? undefined : client.getCrypto();
        if (sdk === undefined) throw new SessionFailure({ kind: "closed" });
        return sdk;
      },
      request: unreachable,
      requestStream: unreachable,
    },
    endSession: () => closing.abort(),
    async remove() {
      closing.abort();
      client.stopClient();
      await client.clearStores({ cryptoDatabasePrefix });
    },
  };
}

/** The value of what must not have failed. */
export function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`unexpected error: ${JSON.stringify(result.error)}`);
  return result.value;
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

export function join(...parts: readonly (Bytes | readonly number[])[]): Bytes {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** 32 raw bytes that are a real public key; the store refuses others. */
export async function publicKey(name: "Ed25519" | "X25519"): Promise<Bytes> {
  const uses: KeyUsage[] = name === "Ed25519" ? ["sign", "verify"] : ["deriveBits"];
  const pair = await crypto.subtle.generateKey({ name }, true, uses);
  if (!("publicKey" in pair)) throw new Error("not a key pair");
  return new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
}

const senderKey = encodeUnpaddedBase64(await publicKey("X25519"));
const signingKey = encodeUnpaddedBase64(await publicKey("Ed25519"));

/** A real session in export form: version 1, index, ratchet, Ed25519 public key. */
export async function roomKey(
  changes: Readonly<Record<string, unknown>> = {},
  roomId = ROOM,
  index = 0,
  ratchet = randomBytes(128),
  ownKey?: Bytes,
): Promise<DecryptedRoomKey> {
  const publicHalf = ownKey ?? (await publicKey("Ed25519"));
  return {
    roomId,
    sessionId: encodeUnpaddedBase64(publicHalf),
    sessionData: {
      algorithm: "m.megolm.v1.aes-sha2",
      sender_key: senderKey,
      sender_claimed_keys: { ed25519: signingKey },
      forwarding_curve25519_key_chain: [],
      session_key: encodeUnpaddedBase64(join([1, 0, 0, 0, index], ratchet, publicHalf)),
      ...changes,
    },
  };
}

export const ROOM = "!room:localhost";

/** One session from its start, and from its second message on. */
export async function copiesOfOne(): Promise<{
  readonly better: DecryptedRoomKey;
  readonly worse: DecryptedRoomKey;
}> {
  const ratchet = randomBytes(128);
  const publicHalf = await publicKey("Ed25519");
  // One step of the Megolm ratchet changes its last part only.
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const last = await crypto.subtle.importKey("raw", ratchet.slice(96), hmac, false, ["sign"]);
  const step = new Uint8Array(await crypto.subtle.sign("HMAC", last, Uint8Array.of(3)));
  return {
    better: await roomKey({}, ROOM, 0, ratchet, publicHalf),
    worse: await roomKey({}, ROOM, 1, join(ratchet.slice(0, 96), step), publicHalf),
  };
}

export function many(
  count: number,
  make: (index: number) => Promise<DecryptedRoomKey>,
): Promise<DecryptedRoomKey[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}
