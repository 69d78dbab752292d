import type { AppError } from "@/domain/errors";
import type { LiveSession, SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { startMemoryCarryOver } from "./carryOverMemory";
import { loadCrypto } from "./loadCrypto";
import { openClient, type ClientSession } from "./openClient";
import { createLiveSession, type SessionAdapters } from "./openSession";
import { logInWithPassword, logOutToken, type Login } from "./passwordLogin";
import type { SessionContext } from "./sessionContext";
import { createSessionEvents } from "./sessionEvents";
import { attempt } from "./toAppError";
import { installUploadedTo, keepNotesInMemory } from "./uploadedTo";
import { installUploadSwitch, setUpload } from "./uploadSwitch";

/** The session of this page of which nothing is stored. */
export interface MemorySession {
  signIn(request: Parameters<SessionGateway["signIn"]>[0]): Promise<Result<SignedInUser, AppError>>;
  /** Opens what was signed in to. */
  open(): Promise<Result<LiveSession, AppError>>;
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

  async function letGo(): Promise<void> {
    login = null;
    owner = null;
    const ending = [...left];
    left.clear();
    await Promise.all(ending.map((client) => client.stop()));
  }

  return {
    async signIn({ target, username, password }) {
      // Before the password is sent: what cannot be opened here could not be opened later either.
      const loaded = await loadCrypto();
      if (!loaded.ok) return loaded;
      const answer = await logInWithPassword({ target, password, username: owner ?? username });
      if (!answer.ok) return answer;
      const { user, accessToken } = answer.value;
      if (owner !== null && user.userId !== owner) {
        await logOutToken(user.homeserverUrl, accessToken);
        return fail({ kind: "unexpected", detail: "the server answered for another account" });
      }
      login = answer.value;
      owner = user.userId;
      wasOpened = false;
      return ok(user);
    },

    async open() {
      if (login === null) return fail({ kind: "signed_out", soft: false });
      const { user, accessToken } = login;
      const loaded = await loadCrypto();
      if (!loaded.ok) return loaded;
      keepNotesInMemory(user);
      const gated = await attempt(() => Promise.all([installUploadSwitch(), installUploadedTo()]));
      if (!gated.ok) return gated;
      setUpload(user, true);
      const events = createSessionEvents();
      const nowhere = { storageKey: null, cryptoStorePrefix: null };
      const opened = await openClient({ user, accessToken, ...nowhere, events });
      if (!opened.ok) return opened;
      const client = opened.value;
      const { context } = client;
      wasOpened = true;
      const carryOver = startMemoryCarryOver({ left, context, emit: events.emit });
      const live = createLiveSession({
        client,
        adapters: createAdapters(context),
        events,
        carryOver,
        accessToken,
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

    async forget() {
      if (login !== null && !wasOpened) {
        await logOutToken(login.user.homeserverUrl, login.accessToken);
      }
      await letGo();
    },
  };
}
