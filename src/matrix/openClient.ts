import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { wipe } from "@/lib/bytes";
import {
  ClientEvent,
  createClient,
  HttpApiEvent,
  MemoryCryptoStore,
  MemoryStore,
  SyncState,
  type MatrixClient,
} from "matrix-js-sdk";
import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { createTurns } from "@/lib/turns";
import { changeJournalName } from "./deviceStore";
import { createGuardedFetch } from "./guardedFetch";
import { createIdbChangeJournal } from "./idbChangeJournal";
import { stopKeyDownloads } from "./keyDownloads";
import { createMemoryJournal } from "./memoryChangeJournal";
import { olmMachineOf } from "./olmMachine";
import { redactingLogger } from "./redactingLogger";
import { createRefreshingFetch } from "./refreshingFetch";
import type { RefreshingTokens } from "./refreshingTokens";
import { createSessionRequests } from "./request";
import type { SessionContext } from "./sessionContext";
import type { SessionEvents } from "./sessionEvents";
import { SessionFailure } from "./sessionFailure";
import { attempt } from "./toAppError";
import { observeUploads } from "./uploadObserver";
import { createIdbUploadWish, createMemoryUploadWish } from "./uploadWish";

/** The SDK gets this long for one request's head and, separately, for opening its crypto store. */
const REQUEST_MS = 30_000;
const OPEN_STORE_MS = 60_000;

/** A client whose crypto store is open and which does not sync yet. */
export interface ClientSession {
  readonly context: SessionContext;
  /** Starts syncing; resolves before the first sync. */
  start(): void;
  /** Stops everything and frees the crypto store. Safe to call twice. */
  stop(): Promise<void>;
  /**
   * Stops everything but leaves the crypto machine open, for a store that is in memory and goes with
   * it: returns the machine, until `stop` is called. Null when the client has no crypto any more.
   */
  suspend(): Promise<OlmMachine | null>;
}

/**
 * Makes the client and opens its crypto store with `storageKey`, which is wiped before this
 * resolves. The crypto WebAssembly must be loaded. Errors: `storage` (the store cannot be opened or
 * belongs to something else; it is left as it is), `timeout`, `unexpected`.
 */
export async function openClient(options: {
  readonly user: SignedInUser;
  readonly accessToken: string;
  /** Those of an OAuth 2.0 session. */
  readonly refreshing?: RefreshingTokens | null;
  /** What opens the crypto store in IndexedDB. Null: it is in memory, and nothing is stored at all. */
  readonly storageKey: Uint8Array<ArrayBuffer> | null;
  /** Begins the names of the databases; null exactly when `storageKey` is. */
  readonly cryptoStorePrefix: string | null;
  readonly events: SessionEvents;
}): Promise<Result<ClientSession, AppError>> {
  const { user, accessToken, refreshing = null, storageKey, cryptoStorePrefix, events } = options;
  const closing = new AbortController();
  const closed = closing.signal;
  const onSignedOut = (soft: boolean): void => events.emit({ kind: "signed_out", soft });

  const guarded = createGuardedFetch(closed);
  const fetchFn = refreshing === null ? guarded : createRefreshingFetch(guarded, refreshing);
  const client: MatrixClient = createClient({
    baseUrl: user.homeserverUrl,
    userId: user.userId,
    deviceId: user.deviceId,
    accessToken,
    // Both in memory: the defaults write to localStorage and to a database of their own.
    store: new MemoryStore(),
    cryptoStore: new MemoryCryptoStore(),
    fetchFn: observeUploads(fetchFn, (upload) =>
      events.emit({ kind: "upload_attempt", attempt: upload }),
    ),
    localTimeoutMs: REQUEST_MS,
    // The SDK is never lent a recovery key: set-up and unlock open secret storage themselves.
    cryptoCallbacks: { getSecretStorageKey: () => Promise.resolve(null) },
    disableVoip: true,
    logger: redactingLogger,
  });

  let starting: Promise<void> = Promise.resolve();
  async function stop(): Promise<void> {
    closing.abort();
    const renewed = refreshing?.close();
    client.removeAllListeners();
    // A client that is stopped while it starts would sync on, and cannot be stopped a second time.
    await starting;
    client.stopClient();
    // A new pair of tokens that is on its way is stored before another page may open the session.
    await renewed;
  }

  const store =
    storageKey === null || cryptoStorePrefix === null
      ? { useIndexedDB: false }
      : { useIndexedDB: true, cryptoDatabasePrefix: cryptoStorePrefix, storageKey };
  let machine: OlmMachine | null = null;
  async function suspend(): Promise<OlmMachine | null> {
    const crypto = client.getCrypto();
    if (crypto === undefined) return null;
    machine ??= await olmMachineOf({ crypto: () => crypto });
    closing.abort();
    const renewed = refreshing?.close();
    client.removeAllListeners();
    // While it starts, stopping it would end its crypto all the same.
    await starting;
    const release = holdCryptoOpen(crypto);
    client.stopClient();
    release();
    // What ends the session on the server then ends the newest pair.
    await renewed;
    return machine;
  }

  const opening = attempt(() => client.initRustCrypto(store)).finally(() => wipe(storageKey));
  const opened = await withTimeLimit(opening, OPEN_STORE_MS);
  if (!opened.ok) {
    await stop();
    // An opening that ends after the time limit must not keep the store.
    void opening.then(() => client.stopClient());
    return opened;
  }

  const opensWith = client.getCrypto();
  if (opensWith !== undefined) stopKeyDownloads(opensWith);

  client.on(HttpApiEvent.SessionLoggedOut, (error) => onSignedOut(error.data.soft_logout === true));
  client.on(ClientEvent.Sync, (state) => {
    const heard = syncStateOf(state);
    if (heard !== null) events.emit({ kind: "sync", state: heard });
  });

  const context: SessionContext = {
    client,
    crypto() {
      const crypto = closed.aborted ? undefined : client.getCrypto();
      if (crypto === undefined) throw new SessionFailure({ kind: "closed" });
      return crypto;
    },
    user,
    cryptoStorePrefix,
    storesKeys: cryptoStorePrefix !== null,
    closed,
    takeTurn: createTurns(),
    ...(cryptoStorePrefix === null
      ? { journal: createMemoryJournal(), uploadWish: createMemoryUploadWish() }
      : {
          journal: createIdbChangeJournal(changeJournalName(cryptoStorePrefix)),
          uploadWish: createIdbUploadWish(changeJournalName(cryptoStorePrefix)),
        }),
    ...createSessionRequests({
      homeserverUrl: user.homeserverUrl,
      accessToken,
      refreshing,
      closed,
      onSignedOut,
    }),
  };
  return ok({
    context,
    start() {
      const begun = client.startClient({ initialSyncLimit: 8, lazyLoadMembers: true });
      starting = begun.catch(() => events.emit({ kind: "sync", state: "offline" }));
    },
    stop,
    suspend,
  });
}

/** Until it is released, a client that stops leaves its crypto running. The SDK always ends both. */
function holdCryptoOpen(crypto: object): () => void {
  if (!("stop" in crypto)) return () => undefined;
  Object.defineProperty(crypto, "stop", { configurable: true, value: () => undefined });
  // What it hides is a method of the class.
  return () => Reflect.deleteProperty(crypto, "stop");
}

function syncStateOf(state: SyncState): "live" | "offline" | null {
  switch (state) {
    case SyncState.Prepared:
    case SyncState.Syncing:
      return "live";
    case SyncState.Reconnecting:
    case SyncState.Error:
      return "offline";
    default:
      return null;
  }
}

async function withTimeLimit<T>(
  work: Promise<Result<T, AppError>>,
  timeoutMs: number,
): Promise<Result<T, AppError>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Result<T, AppError>>((resolve) => {
    timer = setTimeout(
      () => resolve(fail({ kind: "timeout", detail: "opening the crypto store" })),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
