import type { AppError } from "@/domain/errors";
import type { RoomKeyDownload } from "@/domain/ports";
import type { RestoreWait } from "@/domain/restore";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort, sleep, TIMED_OUT, withTimeout } from "@/lib/abort";
import type { RestoreTuning } from "./tuning";

export type OpenRequest = (signal: AbortSignal) => Promise<Result<RoomKeyDownload, AppError>>;

export interface OpenDownload extends RoomKeyDownload {
  /** Ends the request, whatever it is doing. */
  readonly close: () => void;
}

/**
 * Opens the download. Tries again after failures that may pass: with growing, jittered waits, and
 * when the server sets a limit, exactly as long as it says; `onWait` hears of every wait and of its
 * end. Rejects when `signal` is aborted.
 */
export async function openDownload(
  request: OpenRequest,
  signal: AbortSignal,
  tuning: RestoreTuning,
  onWait: (wait: RestoreWait | null) => void,
): Promise<Result<OpenDownload, AppError>> {
  for (let attempt = 1; ; attempt++) {
    const opened = await openOnce(request, signal, tuning);
    if (opened.ok) {
      return opened;
    }
    const wait = retryWait(opened.error, attempt, tuning);
    if (wait === null || attempt >= tuning.openAttempts) {
      return opened;
    }
    onWait({ error: opened.error, ms: wait });
    await sleep(wait, tuning.clock, signal);
    onWait(null);
  }
}

/** Milliseconds before try `attempt + 1`: the base doubled each time, then 50 to 100 % of that. */
export function backoffMs(attempt: number, tuning: RestoreTuning): number {
  return tuning.retryBaseMs * 2 ** (attempt - 1) * (0.5 + tuning.random() / 2);
}

async function openOnce(
  open: OpenRequest,
  signal: AbortSignal,
  tuning: RestoreTuning,
): Promise<Result<OpenDownload, AppError>> {
  const request = new AbortController();
  const opening = open(AbortSignal.any([signal, request.signal]));
  const opened = await raceAbort(withTimeout(opening, tuning.headTimeoutMs, tuning.clock), signal);
  if (opened === TIMED_OUT) {
    request.abort();
    return fail({ kind: "timeout", detail: "the server did not begin to answer" });
  }
  if (!opened.ok) {
    return opened;
  }
  return ok({
    ...opened.value,
    close: () => {
      request.abort();
    },
  });
}

/** How long to wait before another try, or null when there is no point in one. */
function retryWait(error: AppError, attempt: number, tuning: RestoreTuning): number | null {
  switch (error.kind) {
    case "network":
    case "timeout":
      return backoffMs(attempt, tuning);
    case "server":
      return error.status >= 500 ? backoffMs(attempt, tuning) : null;
    case "rate_limited":
      if (error.retryAfterMs === null) {
        return backoffMs(attempt, tuning);
      }
      return error.retryAfterMs <= tuning.longestRateLimitMs ? error.retryAfterMs : null;
    default:
      return null;
  }
}
