import type { BackupVersion } from "@/domain/backup";
import type { BackupNotice } from "@/domain/backupNotice";
import { type KeyWait, NO_KEY_WAIT } from "@/domain/keyWait";
import type { LastKeyTest, ProvenKey } from "@/domain/keyTest";
import type { LastRestore, RestoreJob } from "@/domain/restoreJob";
import type { AppError } from "@/domain/errors";
import type { OtherTab } from "@/domain/otherTab";
import type {
  CarryOverMissing,
  CarryOverState,
  SessionPhase,
  SignedInUser,
  SyncState,
} from "@/domain/session";
import type { BegunSignIn } from "@/domain/signIn";
import { NO_VERIFICATION, type VerificationState } from "@/domain/verification";
import type { UploadAttempt } from "@/domain/uploadQueue";
import { subscribeWithSelector } from "zustand/middleware";
import { createStore } from "zustand/vanilla";

/** When a fact arrived: milliseconds since the epoch. */
export interface UploadError {
  /** The Matrix errcode the upload ended with. */
  readonly code: string;
  readonly at: number;
}

/** Where the session is. Written by the session controller alone. */
export interface SessionSlice {
  readonly phase: SessionPhase;
  /** While another tab has the session: what goes on there. */
  readonly otherTab: OtherTab;
  /** Why the last sign-in on another page came to nothing. */
  readonly signInProblem: AppError | null;
  /** What the sign-in on another page was begun with that this page was loaded after. */
  readonly begun: BegunSignIn | null;
  /** Its answer is being exchanged. */
  readonly finishing: boolean;
  /** Who has just signed in on another page, and the host of that, until the session is open. */
  readonly signedInAt: { readonly user: SignedInUser; readonly host: string } | null;
  /** After signing out here: the host at which the person may still be signed in. */
  readonly stillSignedInAt: string | null;
  readonly sync: SyncState;
  /** Has this session had one complete sync? Before it account data is not to be believed. */
  readonly syncedOnce: boolean;
  readonly carryOver: CarryOverState;
  /** While it is `incomplete`: what of the ended devices is not here. */
  readonly carryOverMissing: readonly CarryOverMissing[];
  /** In this session keys of an ended device were carried over, all of them. */
  readonly carriedOver: boolean;
}

/** What the crypto engine said by itself about the backup; hints and progress, no server fields. */
export interface BackupEventsSlice {
  /** The newest KeyBackupStatus; a version switch says false, then true. */
  readonly backupStatus: boolean | null;
  readonly uploadRemaining: { readonly count: number; readonly at: number } | null;
  readonly uploadError: UploadError | null;
  /** The newest try to upload keys since the session was opened. */
  readonly uploadAttempt: UploadAttempt | null;
  /** The first of the tries that have failed since one worked; null when the last one did not fail. */
  readonly uploadFailingSince: number | null;
  /** The most keys that waited since none did; null while none does. */
  readonly uploadPeak: number | null;
  /** Keys have waited for a minute, and none was taken though the server is in reach. */
  readonly uploadStalled: boolean;
  /** Two reads of the backup counted fewer keys than this device has given to it. */
  readonly serverShort: boolean;
  /** The backup version whose decryption key was cached last. */
  readonly keyCachedFor: BackupVersion | null;
  /** The engine was told to look at the server's backup again and has not answered yet. */
  readonly rechecking: boolean;
  /** Somebody asked to check again, and not everything was read yet. */
  readonly checkingAgain: boolean;
  readonly notice: BackupNotice | null;
  /** The person turned the upload off on this device. */
  readonly uploadOff: boolean;
}

/** The running restore; it outlives the components that show it. */
export interface RestoreSlice {
  readonly restoreJob: RestoreJob;
  readonly lastRestore: LastRestore | null;
  /** What the person was about to do and restores the history for first; null when nothing. */
  readonly restoreFor: "replace" | null;
}

/** The verification with another device, and the wait for the key that follows it. No secrets. */
export interface VerificationSlice {
  readonly verification: VerificationState;
  readonly keyWait: KeyWait;
}

/** When the saved recovery key was proven to work. */
export interface KeyTestSlice {
  readonly lastKeyTest: LastKeyTest | null;
  /** What a recovery key or passphrase was proven to open in this browser, the last time. */
  readonly proven: ProvenKey | null;
}

export interface AppState
  extends SessionSlice, BackupEventsSlice, RestoreSlice, VerificationSlice, KeyTestSlice {}

const noBackupEvents: BackupEventsSlice = {
  backupStatus: null,
  uploadRemaining: null,
  uploadError: null,
  uploadAttempt: null,
  uploadFailingSince: null,
  uploadPeak: null,
  uploadStalled: false,
  serverShort: false,
  keyCachedFor: null,
  rechecking: false,
  checkingAgain: false,
  notice: null,
  uploadOff: false,
};

/** What every session starts from. */
export const freshSessionState: Omit<
  AppState,
  | "phase"
  | "otherTab"
  | "signInProblem"
  | "signedInAt"
  | "stillSignedInAt"
  | "restoreJob"
  | "lastRestore"
  | "lastKeyTest"
  | "proven"
> = {
  begun: null,
  finishing: false,
  sync: "starting",
  syncedOnce: false,
  carryOver: "none",
  carryOverMissing: [],
  carriedOver: false,
  verification: NO_VERIFICATION,
  keyWait: NO_KEY_WAIT,
  restoreFor: null,
  ...noBackupEvents,
};

/** One store per page. Pushed state and the restore job only; answers to questions are queries. */
export function createAppStore() {
  return createStore<AppState>()(
    subscribeWithSelector((): AppState => ({
      phase: { kind: "starting" },
      otherTab: { kind: "silent" },
      signInProblem: null,
      signedInAt: null,
      stillSignedInAt: null,
      ...freshSessionState,
      restoreJob: { kind: "idle" },
      lastRestore: null,
      lastKeyTest: null,
      proven: null,
    })),
  );
}

export type AppStore = ReturnType<typeof createAppStore>;
