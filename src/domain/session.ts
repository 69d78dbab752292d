import type { AppError } from "./errors";

/** Who is signed in, and where. Nothing in it is secret. */
export interface SignedInUser {
  readonly userId: string;
  readonly deviceId: string;
  readonly homeserverUrl: string;
}

/** Whose session is stored. `ended`: by the server and for good; what it left is still here. */
export interface StoredUser {
  readonly user: SignedInUser;
  readonly ended: boolean;
}

/** A homeserver that answered as Matrix. */
export interface HomeserverTarget {
  readonly baseUrl: string;
  /** Host (and port) the password will be sent to; shown before it is sent. */
  readonly host: string;
  /** The server name that discovery started from, or null when the address was given outright. */
  readonly discoveredFrom: string | null;
}

export type SyncState = "starting" | "live" | "offline";

/**
 * Whether what devices that the server ended have left here is on the present device. While it is not
 * `none`, some may be only in the stores of the ended ones: `running`, it is being carried over;
 * `incomplete`, not all of it could be, which is tried again as soon as something that it waits for
 * has changed, and when the session is next opened.
 */
export type CarryOverState = CarryOverNews["state"];

/**
 * What of an ended device may be in its store alone: something that could not be found out, room
 * keys, a backup's decryption key that this device has no place for, or the private keys of the
 * account's identity, which come to a device by verifying it.
 */
export type CarryOverMissing = "unread" | "room_keys" | "backup_key" | "identity";

/** `carried`: room keys of the ended devices, all of which are here now. */
export type CarryOverNews =
  | { readonly state: "none"; readonly carried: number }
  | { readonly state: "running" }
  | { readonly state: "incomplete"; readonly missing: readonly CarryOverMissing[] };

/**
 * `local_only`: everything is removed here, and the server was not told. `evicted`: the browser has
 * lost what was stored, and the server knows nothing of that.
 */
export type SignedOutReason = "by_choice" | "local_only" | "evicted";

/** Nothing of the session is stored: it ends with the page. */
interface InMemory {
  readonly memoryOnly?: true;
}

/** Where the session is; the screen follows from it. */
export type SessionPhase =
  /** `leaving`: what is stored is being removed, and the server told. */
  | { readonly kind: "starting"; readonly leaving?: true }
  /** Another tab holds the session's lock. `left`: how a session in memory has just ended here. */
  | { readonly kind: "locked"; readonly takenOver: boolean; readonly left?: SignedOutReason }
  /** `memoryOnly`: this browser stores nothing now, so only a session in memory is possible. */
  | ({ readonly kind: "signed_out"; readonly reason: SignedOutReason | null } & InMemory)
  /** Crypto is loading and its store is being opened. */
  | ({ readonly kind: "opening"; readonly user: SignedInUser } & InMemory)
  | ({
      readonly kind: "active";
      readonly user: SignedInUser;
      readonly sessionId: string;
    } & InMemory)
  /** The token expired; the store and the device id are kept, the password is asked again. */
  | { readonly kind: "expired"; readonly user: SignedInUser }
  /**
   * The server ended the device for good. Its store is kept; a sign-in makes a new device. In memory
   * also when only the token `expired`: without a stored device there is nothing to go on with.
   */
  | ({
      readonly kind: "ended";
      readonly user: SignedInUser;
      readonly expired?: boolean;
    } & InMemory)
  | ({
      readonly kind: "failed";
      readonly user: SignedInUser | null;
      readonly error: AppError;
      /** What failed is removing what is stored. Once it is done the session has ended this way. */
      readonly leaving?: SignedOutReason;
    } & InMemory);
