import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, ExportRequest } from "@/domain/keyFile";
import type { LiveSession } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { startMemoryCarryOver } from "./carryOverMemory";
import { exportKeys } from "./exportKeys";
import { loadCrypto } from "./loadCrypto";
import { openClient, type ClientSession } from "./openClient";
import { createLiveSession, type SessionAdapters } from "./openSession";
import { endTokens } from "./endTokens";
import type { Login } from "./passwordLogin";
import { createRefreshingTokens, type RefreshingTokens } from "./refreshingTokens";
import type { SessionContext } from "./sessionContext";
import { createSessionEvents } from "./sessionEvents";
import { attempt } from "./toAppError";
import { installUploadedTo, keepNotesInMemory } from "./uploadedTo";
import { installUploadSwitch, setUpload } from "./uploadSwitch";
import type { SessionTokens } from "./sessionTokens";

/** The session of this page of which nothing is stored. */
export interface MemorySession {
  /** `logIn` is told whose keys are here already, if any: it has to be for the same user. */
  signIn(
    logIn: (owner: string | null) => Promise<Result<Login, AppError>>,
  ): Promise<Result<SignedInUser, AppError>>;
  /** Opens what was signed in to. */
  open(): Promise<Result<LiveSession, AppError>>;
  /** The room keys of those that ended in this page, in one encrypted file. Changes nothing. */
  exportLeft(request: ExportRequest): Promise<Result<ExportedKeyFile, AppError>>;
  /** Ends a device that was never opened on the server; done where there is none. Its keys stay here. */
  end(): Promise<Result<void, AppError>>;
  /** Lets go of it with all its keys. A device that was never opened is ended on the server. */
  forget(): Promise<void>;
}

/**
 * Keeps token and crypto store in this page alone. The crypto machine of a session that ended stays
 * open: its keys may be nowhere else, and a sign-in as a new device takes them over. The same device
 * cannot go on, because a store that is made anew has other device keys.
 */
export function createMemorySession(
  createAdapters: (context: SessionContext) => SessionAdapters,
): MemorySession {
  let login: Login | null = null;
  let wasOpened = false;
  /** Whose keys are here. A sign-in of somebody else must not get them. */
  let owner: string | null = null;
  /** Ended, with keys that the next device has not taken over yet. */
  const left = new Set<ClientSession>();

  async function end(): Promise<Result<void, AppError>> {
    if (login === null || wasOpened) return ok(undefined);
    const { user, tokens } = login;
    // Asked once, however it goes.
    login = null;
    return endTokens(user.homeserverUrl, tokens);
  }

  async function letGo(): Promise<void> {
    login = null;
    owner = null;
    const ending = [...left];
    left.clear();
    await Promise.all(ending.map((client) => client.stop()));
  }

  return {
    async signIn(logIn) {
      // Before the password is sent: what cannot be opened here could not be opened later either.
      const loaded = await loadCrypto();
      if (!loaded.ok) return loaded;
      const answer = await logIn(owner);
      if (!answer.ok) return answer;
      const { user, tokens } = answer.value;
      if (owner !== null && user.userId !== owner) {
        await endTokens(user.homeserverUrl, tokens);
        const { host } = new URL(user.homeserverUrl);
        return fail({ kind: "sign_in", reason: "other_account", host });
      }
      login = answer.value;
      owner = user.userId;
      wasOpened = false;
      return ok(user);
    },

    async open() {
      if (login === null) return fail({ kind: "signed_out", soft: false });
      const { user } = login;
      const { tokens } = login;
      const refreshing = refreshingOf(tokens);
      const readTokens = () => refreshing?.read() ?? tokens;
      const loaded = await loadCrypto();
      if (!loaded.ok) return loaded;
      keepNotesInMemory(user);
      const gated = await attempt(() => Promise.all([installUploadSwitch(), installUploadedTo()]));
      if (!gated.ok) return gated;
      setUpload(user, true);
      const events = createSessionEvents();
      const nowhere = { storageKey: null, cryptoStorePrefix: null };
      const { accessToken } = tokens;
      const opened = await openClient({ user, accessToken, refreshing, ...nowhere, events });
      if (!opened.ok) return opened;
      const client = opened.value;
      const { context } = client;
      wasOpened = true;
      const carryOver = startMemoryCarryOver({ left, context, events });
      const live = createLiveSession({
        client,
        adapters: createAdapters(context),
        events,
        carryOver,
        readTokens,
        memoryOnly: true,
        async release() {
          await client.suspend();
          left.add(client);
        },
        async remove() {
          await letGo();
          return ok(undefined);
        },
      });
      client.start();
      return ok(live);
    },

    exportLeft: (request) =>
      exportKeys(
        [...left].map((client) => async (use) => {
          const machine = await client.suspend();
          if (machine !== null) await use(machine);
        }),
        request,
      ),

    end,
    async forget() {
      await end();
      await letGo();
    },
  };
}

/** A new pair of tokens lives where the old one did: in this page alone. */
function refreshingOf({ accessToken, oauth }: SessionTokens): RefreshingTokens | null {
  if (oauth === null) return null;
  return createRefreshingTokens({ accessToken, oauth }, () => Promise.resolve(ok(undefined)));
}
