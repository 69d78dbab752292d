import type { AppError } from "./errors";
import type { Result } from "./result";

/** Why one try to upload keys did not work, as the answer itself said. */
export interface UploadProblem {
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** The Matrix errcode, where the answer had one. */
  readonly code: string | null;
}

/** The newest try to upload a batch of keys. Times in milliseconds since the epoch. */
export type UploadAttempt =
  /** `after`: what the try before it failed with; null for a first one. */
  | { readonly kind: "sending"; readonly at: number; readonly after: UploadProblem | null }
  | { readonly kind: "taken"; readonly at: number }
  | {
      readonly kind: "failed";
      readonly at: number;
      readonly problem: UploadProblem;
      /** When it is tried again by itself; null when it is not. */
      readonly nextTryAt: number | null;
    };

/** Where the keys are that wait for their upload. */
export type UploadQueue =
  | { readonly kind: "unknown" }
  | { readonly kind: "empty" }
  /** The server has no backup that they could be sent to. */
  | { readonly kind: "no_backup"; readonly waiting: number }
  /** They will be sent: the upload begins up to ten seconds after a key came. */
  | { readonly kind: "waiting"; readonly waiting: number }
  | { readonly kind: "uploading"; readonly done: number; readonly of: number }
  | {
      readonly kind: "stopped";
      readonly waiting: number;
      readonly reason: "offline" | "failed" | "off" | "silent";
      /** Of the last try, when `reason` is `failed`. */
      readonly problem: UploadProblem | null;
      readonly nextTryAt: number | null;
      /** The first of the tries that failed in a row, as far as this page has seen. */
      readonly since?: number;
    };

export interface UploadQueueFacts {
  /** Keys here that are not on the server; null when not known. */
  readonly pending: number | null;
  /** The most that waited since none did; null when none does. */
  readonly peak: number | null;
  readonly attempt: UploadAttempt | null;
  /** The first failure since a try worked; null or absent when none has failed. */
  readonly failingSince?: number | null;
  readonly offline: boolean;
  /** By a fresh read there is no backup. */
  readonly noBackup: boolean;
  /** Is there a backup that this device uploads to? Null when not known. */
  readonly enabled: boolean | null;
  /** A minute went by without any key taken. */
  readonly stalled: boolean;
}

/** What can be said about the queue; a stop is said before any hope. */
export function deriveUploadQueue(facts: UploadQueueFacts): UploadQueue {
  const { pending, attempt, stalled } = facts;
  if (pending === null) return { kind: "unknown" };
  if (pending === 0) return { kind: "empty" };
  if (facts.noBackup) return { kind: "no_backup", waiting: pending };
  const stopped = { kind: "stopped", waiting: pending, problem: null, nextTryAt: null } as const;
  if (facts.enabled === false) return { ...stopped, reason: "off" };
  if (facts.offline) return { ...stopped, reason: "offline" };
  const { failingSince = null } = facts;
  const since = failingSince === null ? {} : { since: failingSince };
  if (attempt?.kind === "failed") {
    const { problem, nextTryAt } = attempt;
    return { ...stopped, reason: "failed", problem, nextTryAt, ...since };
  }
  // A new try is no success yet.
  if (attempt?.kind === "sending" && attempt.after !== null) {
    const { after: problem, at: nextTryAt } = attempt;
    return { ...stopped, reason: "failed", problem, nextTryAt, ...since };
  }
  if (stalled) return { ...stopped, reason: "silent" };
  if (attempt === null) return { kind: "waiting", waiting: pending };
  const of = Math.max(facts.peak ?? pending, pending);
  const done = of - pending;
  return attempt.kind === "taken" && done === 0
    ? { kind: "waiting", waiting: pending }
    : { kind: "uploading", done, of };
}

/** The upload of room keys to the backup, which the SDK does by itself. */
export interface UploadPort {
  /**
   * Looks at the server's backup again and starts the upload where it has ended without a word.
   * Nothing is enabled that may not be used, and an upload under way goes on as it is.
   */
  restart(): Promise<Result<void, AppError>>;
}
