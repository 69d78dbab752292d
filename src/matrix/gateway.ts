import type { BackupEntries } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { BackupSampler } from "@/domain/keyTest";
import type {
  DecryptionKeySource,
  LiveSession,
  RestoreEngine,
  RoomKeySink,
  RoomKeySource,
  SessionGateway,
} from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { findLackingAbility } from "@/lib/pageAbilities";
import { createChanges } from "./changes";
import { createAccountDevices } from "./accountDevices";
import { subscribeCryptoEvents } from "./cryptoEvents";
import { restoreCursorName } from "./deviceStore";
import { findHomeserver } from "./discovery";
import { endStored } from "./endStored";
import { createKeyBackup } from "./keyBackup";
import { createDecryptionKeySource } from "./keyBackupDecryptionKey";
import { createKeyEntry } from "./keyEntry";
import { createKeyTest } from "./keyTest";
import { createRemoval } from "./removal";
import { exportEndedKeys } from "./exportEndedKeys";
import { createKeyExport } from "./keyExport";
import { createMemorySession } from "./memorySession";
import { openSession, type SessionAdapters } from "./openSession";
import { redactSharedLogger } from "./redactingLogger";
import { logInWithPassword } from "./passwordLogin";
import { takePending } from "./pendingRedirect";
import { beginRedirect, finishRedirect, type RedirectOptions } from "./redirectSignIn";
import { createRepair } from "./repair";
import { createRoomKeySink } from "./roomKeySink";
import { createRoomKeySource } from "./roomKeySource";
import { createRooms } from "./rooms";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";
import { signIn } from "./signIn";
import { loginOfToken, signInWithToken } from "./tokenSignIn";
import { createUpload } from "./upload";
import { withTrueMarks } from "./uploadedTo";
import { createVault } from "./vault";
import { createVerification } from "./verification";
import { createUnstoredVerificationMemory, createVerificationMemory } from "./verificationMemory";

export type CreateRestoreEngine = (ports: {
  readonly source: RoomKeySource;
  readonly sink: RoomKeySink;
  readonly decryptionKey: DecryptionKeySource;
  /** Where the restore into this device's store remembers how far it came; null: in memory. */
  readonly cursorDatabase: string | null;
}) => RestoreEngine;

/**
 * The one way from the app to a homeserver. The caller holds the tab lock from before `open` until
 * the session is closed: two clients on one crypto store damage it.
 */
export function createGateway(options: {
  readonly createRestoreEngine: CreateRestoreEngine;
  readonly createBackupEntries: (source: RoomKeySource) => BackupEntries;
  /** Decrypts entries for a test of the recovery key. */
  readonly sampler: BackupSampler;
  /** Where the session is stored; "key-backup" when not given. */
  readonly databaseName?: string;
  readonly redirects: RedirectOptions;
}): SessionGateway {
  redactSharedLogger();
  const vault = createVault(options.databaseName);
  let opening: Promise<Result<LiveSession, AppError>> | null = null;
  let live: LiveSession | null = null;

  const createAdapters = (context: SessionContext): SessionAdapters => {
    const { cryptoStorePrefix, user } = context;
    const source = createRoomKeySource(context);
    const rooms = createRooms(context);
    return {
      keyBackup: createKeyBackup(context),
      keyEntry: createKeyEntry(context),
      keyTest: createKeyTest(context, { source, rooms, sampler: options.sampler }),
      setUp: createSetUp(context),
      verification: createVerification(
        context,
        cryptoStorePrefix === null
          ? createUnstoredVerificationMemory()
          : createVerificationMemory(user.deviceId),
      ),
      changes: createChanges(context, options.createBackupEntries(source)),
      removal: createRemoval(context),
      repair: createRepair(context),
      upload: createUpload(context),
      keyExport: createKeyExport(context),
      accountDevices: createAccountDevices(context),
      rooms,
      restore: withTrueMarks(
        context,
        options.createRestoreEngine({
          source,
          sink: createRoomKeySink(context),
          decryptionKey: createDecryptionKeySource(context),
          cursorDatabase: cryptoStorePrefix === null ? null : restoreCursorName(cryptoStorePrefix),
        }),
      ),
      subscribe: (emit) => subscribeCryptoEvents(context.client, emit),
    };
  };

  const memory = createMemorySession(createAdapters);
  /**
   * This page's session is in memory, from the sign-in until what is stored is read again. Meanwhile
   * another tab may have stored a session, which must not be touched from here, whatever goes wrong.
   */
  let inMemory = false;

  const signInToMemory: typeof memory.signIn = async (logIn) => {
    const signedIn = await memory.signIn(logIn);
    inMemory ||= signedIn.ok;
    return signedIn;
  };

  async function closeLive(): Promise<void> {
    await opening;
    await live?.close();
    live = null;
  }

  async function openOnce(): Promise<Result<LiveSession, AppError>> {
    await live?.close();
    live = null;
    const opened = inMemory ? await memory.open() : await openSession(vault, createAdapters);
    if (!opened.ok) return opened;
    const session = opened.value;
    live = session;
    return ok({
      ...session,
      async signOut() {
        const ended = await session.signOut();
        // It holds the token, which may live on where the server could not be told.
        if (live === session) live = null;
        return ended;
      },
    });
  }

  return {
    findHomeserver,
    async signIn(request) {
      const lacking = findLacking();
      if (lacking !== null) return fail(lacking);
      await closeLive();
      // Whoever gives a password has not gone elsewhere after all.
      takePending(options.redirects.storage);
      if (request.memoryOnly !== true) return signIn(vault, request);
      return signInToMemory((owner) =>
        logInWithPassword({ ...request, username: owner ?? request.username }),
      );
    },
    beginRedirect: (request) => beginRedirect(vault, options.redirects, request),
    async finishRedirect(answer) {
      await closeLive();
      const finished = await finishRedirect(vault, memory, options.redirects, answer);
      inMemory ||= finished.ok && finished.value?.memoryOnly === true;
      return finished;
    },
    async signInWithToken(request) {
      await closeLive();
      takePending(options.redirects.storage);
      return request.memoryOnly === true
        ? signInToMemory((owner) => loginOfToken(request, owner))
        : signInWithToken(vault, request);
    },
    async readStored() {
      const lacking = findLacking();
      if (lacking !== null) return fail(lacking);
      inMemory = false;
      const stored = await vault.read();
      // Deletions that a closed tab left unfinished; nothing waits for them.
      void vault.sweep();
      if (!stored.ok || stored.value === null) return stored;
      const { user, ended } = stored.value;
      return ok({ user, ended });
    },
    // Nothing is stored of a session in memory: there is nothing to mark.
    markEnded: async (user) => (inMemory ? ok(undefined) : vault.markEnded(user)),
    open() {
      opening ??= openOnce().finally(() => {
        opening = null;
      });
      return opening;
    },
    async exportEnded(request) {
      await closeLive();
      return inMemory ? memory.exportLeft(request) : exportEndedKeys(vault, request);
    },
    async endUnopened() {
      await closeLive();
      return inMemory ? memory.end() : endStored(vault);
    },
    async forget() {
      // What was meant is what was so when it was asked for.
      const wasInMemory = inMemory;
      await closeLive();
      if (!wasInMemory) return vault.remove();
      await memory.forget();
      return ok(undefined);
    },
  };
}

/** In memory or not: a session could be signed in to and never opened. */
function findLacking(): AppError | null {
  switch (findLackingAbility()) {
    case "subtle":
      return { kind: "insecure_page" };
    case "WebAssembly":
      return { kind: "crypto_unavailable", detail: "no WebAssembly", absent: true };
    case null:
      return null;
  }
}
