import type { AccountDevice } from "./accountDevices";
import type { AppError } from "./errors";
import type { Result } from "./result";

/**
 * Another device of the same account. Here `verified` says that the identity which the server
 * publishes has signed it, so it can help and is asked; whether that identity is the person's own, a
 * new device learns from the verification.
 */
export type OwnDevice = AccountDevice;

/** What the two devices can do with each other. */
export interface VerificationMethods {
  readonly emoji: boolean;
  /** This device shows a QR code, and the other one can scan. */
  readonly showCode: boolean;
  /** This device can scan, and the other one shows a QR code. */
  readonly scanCode: boolean;
}

/** One of the seven pictures of a short authentication string (Client-Server API, "SAS method: emoji"). */
export interface SasEmoji {
  readonly symbol: string;
  /** The English name of the spec's list. */
  readonly name: string;
}

/** What both people compare: emoji, or three numbers where one side cannot show emoji. */
export type ShortAuthString =
  | { readonly kind: "emoji"; readonly emoji: readonly SasEmoji[] }
  | { readonly kind: "numbers"; readonly numbers: readonly number[] };

/** How a verification ended without success. Each can be followed by a new try. */
export type VerificationEnding =
  /** Cancelled on this device by the person. */
  | { readonly reason: "cancelled_here" }
  | { readonly reason: "cancelled_there" }
  /** Nobody answered, or went on, within the ten minutes of the spec. */
  | { readonly reason: "timed_out" }
  /** What was compared differs: nothing was trusted, and no secret was sent. */
  | { readonly reason: "mismatch" }
  /** Another of the account's devices has taken the request. */
  | { readonly reason: "accepted_elsewhere" }
  /** The two have no way in common. */
  | { readonly reason: "unsupported" }
  /** Both devices asked at the same time; the protocol then ends both requests. */
  | { readonly reason: "crossed" }
  /** `code` is the other side's `m.…` code, `error` what failed here. */
  | { readonly reason: "failed"; readonly code: string | null; readonly error: AppError | null };

/** What stays the same during one verification. */
export interface VerificationFlow {
  /** The transaction id that both sides know it by. */
  readonly id: string;
  readonly startedHere: boolean;
  /**
   * `newcomer`: this device is not verified yet or lacks the backup's key, and hopes for the other's
   * help. `helper`: it has both, so the other one is helped in.
   */
  readonly role: "newcomer" | "helper";
  /** The other device; null while none has answered. */
  readonly other: OwnDevice | null;
}

/** Where the one verification of this session is. */
export type VerificationState =
  | { readonly kind: "none" }
  /** The request is being sent. */
  | { readonly kind: "asking" }
  /** Sent; no device has answered. */
  | { readonly kind: "requested"; readonly flow: VerificationFlow }
  /** Another device asks. */
  | { readonly kind: "incoming"; readonly flow: VerificationFlow }
  /** Both are ready; one of the methods has to be chosen, here or there. */
  | {
      readonly kind: "choosing";
      readonly flow: VerificationFlow;
      readonly methods: VerificationMethods;
    }
  /** A method was chosen; keys are exchanged. */
  | { readonly kind: "preparing"; readonly flow: VerificationFlow }
  | { readonly kind: "comparing"; readonly flow: VerificationFlow; readonly sas: ShortAuthString }
  /** The other device says it scanned our code; only the person can tell whether it says so there, too. */
  | { readonly kind: "scanned_there"; readonly flow: VerificationFlow }
  /** Confirmed or scanned here; the other side has to say yes. */
  | { readonly kind: "confirmed"; readonly flow: VerificationFlow }
  | { readonly kind: "verified"; readonly flow: VerificationFlow }
  | {
      readonly kind: "ended";
      /** Null when not even the request could be sent. */
      readonly flow: VerificationFlow | null;
      readonly ending: VerificationEnding;
    };

export const NO_VERIFICATION: VerificationState = { kind: "none" };

/** Interactive verification between devices of the own account. One at a time. */
export interface VerificationPort {
  readonly state: () => VerificationState;
  /** Tells every later state; ask `state` for the present one. */
  readonly subscribe: (listener: (state: VerificationState) => void) => () => void;
  /**
   * The account's other devices by fresh reads (`GET /devices` and a key query), those that can
   * help first, then by last activity.
   */
  readonly listDevices: () => Promise<Result<readonly OwnDevice[], AppError>>;
  /**
   * Asks one device, or with null every verified one, and ends a verification under way before it.
   * `canScan`: a camera is there, so the other side may show a QR code. The error is also the
   * state's ending.
   */
  readonly request: (options: {
    readonly deviceId: string | null;
    readonly canScan: boolean;
  }) => Promise<Result<void, AppError>>;
  /** Takes the incoming request; does nothing in any other state. */
  readonly accept: (options: { readonly canScan: boolean }) => Promise<Result<void, AppError>>;
  /** Ends it on both sides, also an incoming one. Does nothing when none is under way. */
  readonly cancel: () => Promise<void>;
  /** Back to `none` from an end that was read. */
  readonly dismiss: () => void;
  readonly startEmoji: () => Promise<Result<void, AppError>>;
  /**
   * The bytes to show as a QR code, or null when there are none to show. They stand for this one
   * verification only.
   */
  readonly readCode: () => Promise<Result<Uint8Array | null, AppError>>;
  /** A code that was scanned. A wrong one is an error, and another may be scanned. */
  readonly scan: (code: Uint8Array) => Promise<Result<void, AppError>>;
  /** "They match", or "the other device says that it has scanned the code". */
  readonly confirm: () => Promise<Result<void, AppError>>;
  /** "They do not match". */
  readonly reject: () => Promise<void>;
  /**
   * Asks the verified devices for the secrets that are missing here. What arrives is kept only if it
   * fits: a backup key is compared with the server's backup. False: none is missing.
   */
  readonly requestKeys: () => Promise<Result<boolean, AppError>>;
}

/** Is a verification under way that the other side may be waiting for? */
export function isUnderWay(state: VerificationState): boolean {
  return state.kind !== "none" && state.kind !== "ended" && state.kind !== "verified";
}
