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
import { ok, type Result } from "@/domain/result";
import { createChanges } from "./changes";
import type { SignedInUser } from "@/domain/session";
import { createAccountDevices } from "./accountDevices";
import { subscribeCryptoEvents } from "./cryptoEvents";
import { restoreCursorName } from "./deviceStore";
import { findHomeserver } from "./discovery";
import { createKeyBackup } from "./keyBackup";
import { createDecryptionKeySource } from "./keyBackupDecryptionKey";
import { createKeyEntry } from "./keyEntry";
import { createKeyTest } from "./keyTest";
import { createRemoval } from "./removal";
import { createKeyExport } from "./keyExport";
import { openSession, type SessionAdapters } from "./openSession";
import { silenceSharedLogger } from "./quietLogger";
import { takePending } from "./pendingRedirect";
import { beginRedirect, finishRedirect, type RedirectOptions } from "./redirectSignIn";
import { createRepair } from "./repair";
import { createRoomKeySink } from "./roomKeySink";
import { createRoomKeySource } from "./roomKeySource";
import { createRooms } from "./rooms";
import type { SessionContext } from "./sessionContext";
import { createSetUp } from "./setUp";
import { signIn } from "./signIn";
import { signInWithToken } from "./tokenSignIn";
import { createUpload } from "./upload";
import { createVault } from "./vault";
import { createVerification } from "./verification";
import { createVerificationMemory } from "./verificationMemory";

export type CreateRestoreEngine = (ports: {
  readonly source: RoomKeySource;
  readonly sink: RoomKeySink;
  readonly decryptionKey: DecryptionKeySource;
  /** Where the restore into this device's store remembers how far it came. */
  readonly cursorDatabase: string;
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
  /** Whether the person turned the upload off on this device; asked before its client is opened. */
  readonly isUploadOff?: (user: SignedInUser) => boolean;
  readonly redirects: RedirectOptions;
}): SessionGateway {
  silenceSharedLogger();
  const vault = createVault(options.databaseName);
  let opening: Promise<Result<LiveSession, AppError>> | null = null;
  let live: LiveSession | null = null;

  const createAdapters = (context: SessionContext): SessionAdapters => {
    const source = createRoomKeySource(context);
    const rooms = createRooms(context);
    return {
      keyBackup: createKeyBackup(context),
      keyEntry: createKeyEntry(context),
      keyTest: createKeyTest(context, { source, rooms, sampler: options.sampler }),
      setUp: createSetUp(context),
      verification: createVerification(context, createVerificationMemory(context.user.deviceId)),
      changes: createChanges(context, options.createBackupEntries(source)),
      removal: createRemoval(context),
      repair: createRepair(context),
      upload: createUpload(context),
      keyExport: createKeyExport(context),
      accountDevices: createAccountDevices(context),
      rooms,
      restore: options.createRestoreEngine({
        source,
        sink: createRoomKeySink(context),
        decryptionKey: createDecryptionKeySource(context),
        cursorDatabase: restoreCursorName(context.cryptoStorePrefix),
      }),
      subscribe: (emit) => subscribeCryptoEvents(context.client, emit),
    };
  };

  async function closeLive(): Promise<void> {
    await opening;
    await live?.close();
    live = null;
  }

  async function openOnce(): Promise<Result<LiveSession, AppError>> {
    await live?.close();
    live = null;
    const opened = await openSession(vault, createAdapters, options.isUploadOff);
    if (opened.ok) live = opened.value;
    return opened;
  }

  return {
    findHomeserver,
    async signIn(request) {
      await closeLive();
      // Whoever gives a password has not gone elsewhere after all.
      takePending(options.redirects.storage);
      return signIn(vault, request);
    },
    beginRedirect: (request) => beginRedirect(vault, options.redirects, request),
    async finishRedirect(answer) {
      await closeLive();
      return finishRedirect(vault, options.redirects, answer);
    },
    async signInWithToken(request) {
      await closeLive();
      takePending(options.redirects.storage);
      return signInWithToken(vault, request);
    },
    async readStored() {
      const stored = await vault.read();
      // Deletions that a closed tab left unfinished; nothing waits for them.
      void vault.sweep();
      if (!stored.ok || stored.value === null) return stored;
      const { user, ended } = stored.value;
      return ok({ user, ended });
    },
    markEnded: (user) => vault.markEnded(user),
    open() {
      opening ??= openOnce().finally(() => {
        opening = null;
      });
      return opening;
    },
    async forget() {
      await closeLive();
      return vault.remove();
    },
  };
}
