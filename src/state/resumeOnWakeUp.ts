import type { AppError } from "@/domain/errors";
import type { RestoreJob } from "@/domain/restoreJob";

/** Tells that the connection may be back. Returns its undo. */
export type WakeUps = (listener: () => void) => () => void;

/**
 * Goes on with a restore that the connection ended, once for each sign that it may be back. One that
 * fails again waits for the next sign: nothing is asked for in a loop.
 */
export function resumeOnWakeUp(
  wakeUps: WakeUps,
  { job, resume }: { readonly job: () => RestoreJob; readonly resume: () => void },
): void {
  wakeUps(() => {
    const now = job();
    if (now.kind === "failed" && endedByConnection(now.error)) resume();
  });
}

function endedByConnection({ kind }: AppError): boolean {
  return kind === "network" || kind === "timeout";
}
