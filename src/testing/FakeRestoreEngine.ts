import type { RestoreEngine, RestoreRequest } from "@/domain/ports";
import { emptyTally, type RestoreOutcome, type RestoreTally } from "@/domain/restore";

/** One run, led by the test. */
export interface FakeRun {
  readonly request: RestoreRequest;
  readonly signal: AbortSignal;
  progress(changes: Partial<RestoreTally>): void;
  roomReady(roomId: string): void;
  end(outcome: RestoreOutcome): void;
  fail(error: unknown): void;
}

/** An engine that does what the test says, and stops when it is aborted, as the real one does. */
export class FakeRestoreEngine implements RestoreEngine {
  readonly runs: FakeRun[] = [];
  readonly broughtForward: string[] = [];

  bringForward(roomId: string): void {
    this.broughtForward.push(roomId);
  }

  run(
    request: RestoreRequest,
    { signal, onProgress, onRoomReady }: Parameters<RestoreEngine["run"]>[1],
  ): Promise<RestoreOutcome> {
    return new Promise((resolve, reject) => {
      let tally = emptyTally(request.expected);
      signal.addEventListener("abort", () => {
        resolve({ kind: "interrupted", report: { tally, failures: [] } });
      });
      this.runs.push({
        request,
        signal,
        progress: (changes) => {
          tally = { ...tally, ...changes };
          onProgress(tally);
        },
        roomReady: onRoomReady,
        end: resolve,
        fail: reject,
      });
    });
  }

  /** The newest run; throws when there was none. */
  get last(): FakeRun {
    const run = this.runs.at(-1);
    if (run === undefined) throw new Error("No restore was started");
    return run;
  }
}
