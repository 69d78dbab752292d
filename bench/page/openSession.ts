import type { SignedInUser } from "@/domain/session";
import { createTurns } from "@/lib/turns";
import { changeJournalName, cryptoStorePrefix } from "@/matrix/deviceStore";
import { createIdbChangeJournal } from "@/matrix/idbChangeJournal";
import { loadCrypto } from "@/matrix/loadCrypto";
import { openClient } from "@/matrix/openClient";
import { redactingLogger, redactSharedLogger } from "@/matrix/redactingLogger";
import { createSessionRequests } from "@/matrix/request";
import { createMemoryUploadWish } from "@/matrix/uploadWish";
import type { SessionContext } from "@/matrix/sessionContext";
import { createSessionEvents } from "@/matrix/sessionEvents";
import { createClient, MemoryCryptoStore, MemoryStore } from "matrix-js-sdk";
import type { SessionWish } from "./benchApi";

/** A session as the app has it after sign-in and unlock, with the decryption key stored; no sync. */
export async function openSession(wish: SessionWish): Promise<SessionContext> {
  redactSharedLogger();
  const loaded = await loadCrypto();
  if (!loaded.ok) throw new Error(`the crypto did not load: ${JSON.stringify(loaded.error)}`);
  const context =
    wish.storageKey === null
      ? await openPlainly(wish, { useIndexedDB: true })
      : await openEncrypted(wish, bytesOf(wish.storageKey));
  await context.crypto().storeSessionBackupPrivateKey(bytesOf(wish.backupKey), wish.version);
  return context;
}

async function openEncrypted(
  wish: SessionWish,
  storageKey: Uint8Array<ArrayBuffer>,
): Promise<SessionContext> {
  const user = userOf(wish);
  const opened = await openClient({
    user,
    accessToken: wish.accessToken,
    storageKey,
    cryptoStorePrefix: cryptoStorePrefix(user),
    events: createSessionEvents(),
  });
  if (!opened.ok) throw new Error(`the client did not open: ${JSON.stringify(opened.error)}`);
  return opened.value.context;
}

/** The same client on a store without encryption, or without IndexedDB: the app has neither. */
export async function openPlainly(
  wish: SessionWish,
  { useIndexedDB }: { readonly useIndexedDB: boolean },
): Promise<SessionContext> {
  const user = userOf(wish);
  const client = createClient({
    baseUrl: user.homeserverUrl,
    userId: user.userId,
    deviceId: user.deviceId,
    accessToken: wish.accessToken,
    store: new MemoryStore(),
    cryptoStore: new MemoryCryptoStore(),
    disableVoip: true,
    logger: redactingLogger,
  });
  await client.initRustCrypto({
    useIndexedDB,
    ...(useIndexedDB ? { cryptoDatabasePrefix: cryptoStorePrefix(user) } : {}),
  });
  const closed = new AbortController().signal;
  return {
    client,
    crypto() {
      const crypto = client.getCrypto();
      if (crypto === undefined) throw new Error("the client has no crypto");
      return crypto;
    },
    user,
    cryptoStorePrefix: useIndexedDB ? cryptoStorePrefix(user) : "",
    storesKeys: true,
    closed,
    takeTurn: createTurns(),
    uploadWish: createMemoryUploadWish(),
    journal: createIdbChangeJournal(changeJournalName(cryptoStorePrefix(user))),
    ...createSessionRequests({
      homeserverUrl: user.homeserverUrl,
      accessToken: wish.accessToken,
      closed,
      onSignedOut: () => undefined,
    }),
  };
}

function userOf({ userId, deviceId, homeserverUrl }: SessionWish): SignedInUser {
  return { userId, deviceId, homeserverUrl };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
