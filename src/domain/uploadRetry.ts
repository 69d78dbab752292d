import type { UploadProblem } from "./uploadQueue";

/** One failed request, as far as it decides when the SDK sends the next. */
export interface UploadFailureFacts extends UploadProblem {
  /** How long the server asks to wait, in ms. */
  readonly retryAfterMs: number | null;
  /** The SDK itself gave up waiting. */
  readonly aborted: boolean;
}

/** Failures since the last success: of the present request, and of requests given up before it. */
export interface UploadFailureCount {
  readonly tries: number;
  readonly givenUp: number;
}

export const NO_FAILURES: UploadFailureCount = { tries: 0, givenUp: 0 };

/** The SDK repeats one request this often before its upload loop hears of the failure. */
const TRIES = 4;

/** Codes after which the SDK switches the upload off and looks at the backup again. */
const ENDINGS: ReadonlySet<string | null> = new Set(["M_NOT_FOUND", "M_WRONG_ROOM_KEYS_VERSION"]);

/**
 * When matrix-js-sdk 43 sends the next request after a failed upload: milliseconds, or null when it
 * sends none by itself. Two loops lie within each other there: a request is repeated up to four
 * times after 2, 4, 8 and 16 seconds (at once given up for answers that name a mistake of ours),
 * and the loop of uploads then waits 1, 2, 4, 8 and 16 seconds between requests. Both wait as long
 * as the server asks to. An integration test compares this with the SDK itself.
 */
export function nextUploadTry(
  before: UploadFailureCount,
  failure: UploadFailureFacts,
): { readonly count: UploadFailureCount; readonly waitMs: number | null } {
  const { status, code, aborted } = failure;
  if (ENDINGS.has(code)) return { count: NO_FAILURES, waitMs: null };
  const isRateLimit = status === 429 || code === "M_LIMIT_EXCEEDED";
  const asked = isRateLimit ? failure.retryAfterMs : null;
  const isFinal = aborted || (status !== null && status >= 400 && status < 500 && status !== 429);
  const tries = before.tries + 1;
  if (!isFinal && tries <= TRIES) {
    return { count: { ...before, tries }, waitMs: asked ?? 1000 * 2 ** tries };
  }
  const givenUp = before.givenUp + 1;
  const count = { tries: 0, givenUp };
  if (asked !== null && asked > 0) return { count, waitMs: asked };
  return { count, waitMs: 1000 * 2 ** Math.min(givenUp - 1, 4) };
}
