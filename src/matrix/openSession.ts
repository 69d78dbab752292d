import type { AppError } from "@/domain/errors";
import type { LiveSession, SessionEvent, Unsubscribe } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { OAuthSession } from "@/domain/signIn";
import { wipe } from "@/lib/bytes";
import type { CarryOver } from "./carryOver";
import { startStoredCarryOver } from "./carryOverStored";
import { changeJournalName, findCryptoStore } from "./deviceStore";
import { loadCrypto } from "./loadCrypto";
import { openClient, type ClientSession } from "./openClient";
import { endTokens } from "./endTokens";
import { createRefreshingTokens } from "./refreshingTokens";
import { decodeTokens, encodeTokens, type SessionTokens } from "./sessionTokens";
import type { SessionContext } from "./sessionContext";
import { createSessionEvents, type SessionEvents } from "./sessionEvents";
import { attempt } from "./toAppError";
import { installUploadedTo } from "./uploadedTo";
import { installUploadSwitch, setUpload } from "./uploadSwitch";
import { createIdbUploadWish } from "./uploadWish";
import type { Vault } from "./vault";
import type { Verification } from "./verification";

/** The parts of a live session that are built on its context. */
export type SessionAdapters = Omit<
  LiveSession,
  "id" | "user" | "memoryOnly" | "oauth" | "verification" | "subscribe" | "signOut" | "close"
> & {
  readonly verification: Verification;
  readonly subscribe: (emit: (event: SessionEvent) => void) => Unsubscribe;
};

const MISMATCH: AppError = { kind: "storage", reason: "mismatch" };
const LOST: AppError = { kind: "storage", reason: "lost" };

/**
 * Opens the stored session. The crypto store's mark is set after the store was made and before
 * anything of it is published, so a marked store that is missing has been lost: then nothing is
 * opened, because new keys under the old device id would break it for everybody. A session that
 * the server ended is not tried again.
 */
export async function openSession(
  vault: Vault,
  createAdapters: (context: SessionContext) => SessionAdapters,
): Promise<Result<LiveSession, AppError>> {
  const stored = await vault.read();
  if (!stored.ok) return stored;
  if (stored.value === null || stored.value.ended) return fail({ kind: "signed_out", soft: false });
  const { cryptoStorePrefix, cryptoStoreMade } = stored.value;

  const loaded = await loadCrypto();
  if (!loaded.ok) return loaded;
  const found = await attempt(() => findCryptoStore(cryptoStorePrefix));
  if (!found.ok) return found;
  if (cryptoStoreMade && found.value !== "whole") {
    // Nothing is lost for good while the store of an ended session is still to be carried over.
    const ended = await vault.readEnded();
    const isGone = found.value === "none" && ended.ok && ended.value.length === 0;
    return fail(isGone ? LOST : MISMATCH);
  }

  const unlocked = await vault.unlock();
  if (!unlocked.ok) return unlocked;
  if (unlocked.value === null) return fail({ kind: "signed_out", soft: false });
  const { user, storageKey } = unlocked.value;
  const tokens = decodeTokens(unlocked.value.accessToken);
  if (tokens === null) {
    wipe(storageKey);
    return fail(MISMATCH);
  }
  const { accessToken, oauth } = tokens;
  const refreshing =
    oauth === null
      ? null
      : createRefreshingTokens({ accessToken, oauth }, (pair) =>
          vault.renew(user, encodeTokens(pair)),
        );

  // Before there is a client: it begins to upload by itself.
  const isOff = await gateUpload(cryptoStorePrefix);
  if (!isOff.ok) {
    wipe(storageKey);
    return isOff;
  }
  setUpload(user, !isOff.value);
  const events = createSessionEvents();
  const session = { user, accessToken, refreshing, storageKey, cryptoStorePrefix };
  const client = await openClient({ ...session, events });
  if (!client.ok) return client;
  const marked = await vault.markCryptoStoreMade();
  if (!marked.ok) {
    await client.value.stop();
    return marked;
  }
  const adapters = createAdapters(client.value.context);
  const { context } = client.value;
  const carryOver = startStoredCarryOver({ vault, context, events });
  const live = createLiveSession({
    client: client.value,
    adapters,
    events,
    readTokens: () => refreshing?.read() ?? tokens,
    carryOver,
    memoryOnly: false,
    release: () => client.value.stop(),
    remove: () => vault.remove(),
  });
  client.value.start();
  return ok(live);
}

/** Whether the upload is to be off. Not knowing is no reason to upload, so a failure ends the opening. */
async function gateUpload(cryptoStorePrefix: string): Promise<Result<boolean, AppError>> {
  const gated = await attempt(() => Promise.all([installUploadSwitch(), installUploadedTo()]));
  if (!gated.ok) return gated;
  return createIdbUploadWish(changeJournalName(cryptoStorePrefix)).readOff();
}

/** What of an OAuth 2.0 session is not secret. */
function oauthSessionOf({ oauth }: SessionTokens): OAuthSession | null {
  if (oauth === null) return null;
  const { issuer, tokenEndpoint, revocationEndpoint, registrationEndpoint, accountUrl } = oauth;
  return { issuer, tokenEndpoint, revocationEndpoint, registrationEndpoint, accountUrl };
}

/** The session around an open client. `release` lets go of its store when it is closed, `remove` removes it. */
export function createLiveSession(parts: {
  readonly client: ClientSession;
  readonly adapters: SessionAdapters;
  readonly events: SessionEvents;
  readonly readTokens: () => SessionTokens;
  readonly carryOver: CarryOver;
  readonly memoryOnly: boolean;
  readonly release: () => Promise<void>;
  readonly remove: () => Promise<Result<void, AppError>>;
}): LiveSession {
  const { client, adapters, events, carryOver, memoryOnly } = parts;
  const { user } = client.context;
  const unsubscribe = adapters.subscribe(events.emit);
  const unlisten = adapters.verification.listen();
  let closing: Promise<void> | null = null;
  let signingOut: Promise<Result<void, AppError>> | null = null;

  function close(): Promise<void> {
    closing ??= (async () => {
      events.end();
      unsubscribe();
      unlisten();
      await carryOver.stop();
      await parts.release();
    })();
    return closing;
  }

  async function signOut(): Promise<Result<void, AppError>> {
    // First, so that the dying token raises no "signed out" and the crypto store can be deleted.
    await close();
    const ended = await endTokens(user.homeserverUrl, parts.readTokens());
    const removed = await parts.remove();
    return ended.ok ? removed : ended;
  }

  return {
    id: crypto.randomUUID(),
    user,
    memoryOnly,
    oauth: oauthSessionOf(parts.readTokens()),
    keyBackup: adapters.keyBackup,
    keyEntry: adapters.keyEntry,
    keyTest: adapters.keyTest,
    setUp: adapters.setUp,
    verification: adapters.verification,
    changes: adapters.changes,
    removal: adapters.removal,
    repair: adapters.repair,
    upload: adapters.upload,
    keyExport: adapters.keyExport,
    accountDevices: adapters.accountDevices,
    rooms: adapters.rooms,
    restore: adapters.restore,
    subscribe: events.subscribe,
    signOut() {
      signingOut ??= signOut();
      return signingOut;
    },
    close,
  };
}
