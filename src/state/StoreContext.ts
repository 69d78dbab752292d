import type { HomeserverTarget, SignedInUser } from "@/domain/session";
import type { BegunSignIn, FoundHomeserver, RedirectAnswer, RedirectWay } from "@/domain/signIn";
import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, ExportRequest } from "@/domain/keyFile";
import type { SwitchedUpload } from "@/domain/removalPorts";
import type { LastKeyTest } from "@/domain/keyTest";
import type { LiveSession } from "@/domain/ports";
import type { Result } from "@/domain/result";
import { createContext } from "react";
import type { AppStore } from "./appStore";

/** What a person can do with the session; see SessionPhase for where each leads. */
export interface SessionActions {
  readonly findHomeserver: (input: {
    readonly homeserver: string;
    readonly username: string;
  }) => Promise<Result<FoundHomeserver, AppError>>;
  /**
   * Signs in and begins to open the session (the phase tells how that goes). In the `expired` phase
   * homeserver, user and device are those of the stored session whatever is given, so that its
   * store is kept: only the password is new. In the `ended` phase it is the same but for the
   * device, which is a new one.
   */
  readonly signIn: (request: {
    readonly target: HomeserverTarget;
    readonly username: string;
    readonly password: string;
    /** Store nothing: the session is in this page only. Asked for where nothing is stored yet. */
    readonly memoryOnly?: boolean;
  }) => Promise<Result<SignedInUser, AppError>>;
  /**
   * Leaves for the page that signs the person in; the page is then loaded anew with its answer. In
   * the phases `expired` and `ended` homeserver and user are those of the stored session, as above.
   * An answer means that it did not come to leaving.
   */
  readonly signInElsewhere: (request: {
    readonly target: HomeserverTarget;
    readonly way: RedirectWay;
    readonly memoryOnly?: boolean;
  }) => Promise<Result<void, AppError>>;
  /** Signs in with an access token made elsewhere; from `signed_out` only. */
  readonly signInWithToken: (request: {
    readonly target: HomeserverTarget;
    readonly accessToken: string;
    readonly memoryOnly?: boolean;
  }) => Promise<Result<SignedInUser, AppError>>;
  /** Takes back what was said about a sign-in on another page. */
  readonly dismissSignInProblem: () => void;
  /**
   * Ends signed out here, also when the server could not be told, or in `failed` when something
   * could not be removed from this browser. The error is returned.
   */
  readonly signOut: () => Promise<Result<void, AppError>>;
  /** From `locked`: asks the other tab to close its session, then opens it here. */
  readonly takeOver: () => void;
  /**
   * From `failed`: tries the same again, which may be to remove what is stored. From `signed_out`
   * without storage: looks whether there is storage now.
   */
  readonly retryOpen: () => void;
  /**
   * From `ended`: the room keys of the ended session in one encrypted file, for when there is no way
   * to sign in again, or none without leaving the page. Otherwise `closed`.
   */
  readonly exportEnded: (request: ExportRequest) => Promise<Result<ExportedKeyFile, AppError>>;
  /** Removes the stored session and its keys from this browser; from any phase but `locked`. */
  readonly forget: () => Promise<void>;
  /**
   * To the plain sign-in form, removing nothing: from `signed_out` (drops the reason shown) and
   * from `failed` without a user. With a stored session the way out is `forget`.
   */
  readonly startOver: () => void;
}

export interface SessionController extends SessionActions {
  /**
   * Begins once; later calls do nothing (React's StrictMode calls twice). `answer`: what another
   * page sent back in the address. `begun`: what was noted when the person left for it.
   */
  readonly start: (answer?: RedirectAnswer | null, begun?: BegunSignIn | null) => void;
  /** The open session, or null. */
  readonly liveSession: () => LiveSession | null;
  /** Reads everything about the key backup again. */
  readonly checkAgain: () => Promise<void>;
  readonly dismissNotice: () => void;
  /** After a verification: asks the other devices for the backup's key once more. */
  readonly askForKeyAgain: () => Promise<void>;
  /** Keeps when a saved key was tested and with which result, for this user in this browser. */
  readonly rememberKeyTest: (test: LastKeyTest) => void;
  /** Runs a change of the backup that the person makes here, then reads everything again. */
  readonly changeBackup: <T>(
    work: (session: LiveSession) => Promise<Result<T, AppError>>,
  ) => Promise<Result<T, AppError>>;
  /** Turns the upload of this device off or on, and remembers it as well as this browser can. */
  readonly switchUpload: (on: boolean) => Promise<Result<SwitchedUpload, AppError>>;
  /** Closes the session, keeps what is stored, and frees the tab lock. */
  readonly dispose: () => Promise<void>;
}

/** The restore job's buttons; each does nothing when it makes no sense. */
export interface RestoreControl {
  readonly start: () => void;
  readonly pause: () => void;
  readonly cancel: () => void;
  readonly resume: () => void;
  readonly dismiss: () => void;
  /** Restores this room before all others. */
  readonly bringForward: (roomId: string) => void;
}

/** Everything the hooks need; made once by the composition root. */
export interface AppServices {
  readonly store: AppStore;
  readonly session: SessionController;
  readonly restore: RestoreControl;
}

/** Beside it the tree needs react-query's QueryClientProvider with the same client. */
export const StoreContext = createContext<AppServices | null>(null);
