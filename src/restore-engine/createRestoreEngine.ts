import type {
  DecryptionKeySource,
  RestoreEngine,
  RoomKeySink,
  RoomKeySource,
} from "@/domain/ports";
import type { EngineChoice } from "./protocol";
import { runRestore } from "./runRestore";
import { defaultTuning, type RestoreTuning } from "./tuning";

export interface RestoreEngineOptions {
  readonly source: RoomKeySource;
  readonly sink: RoomKeySink;
  readonly decryptionKey: DecryptionKeySource;
  readonly createWorker: () => Worker;
  /** Decrypt workers; by default sized to the machine. */
  readonly workers?: number;
  /** What workers decrypt with; by default the fastest that the browser has. */
  readonly decryptWith?: EngineChoice;
  readonly tuning?: Partial<RestoreTuning>;
}

/** Builds the engine. One run at a time: a second one waits until the first has ended. */
export function createRestoreEngine(options: RestoreEngineOptions): RestoreEngine {
  const deps = {
    ...options,
    workers: options.workers ?? defaultWorkers(),
    decryptWith: options.decryptWith ?? "auto",
    tuning: { ...defaultTuning, ...options.tuning },
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(request, runOptions) {
      const run = last.then(() => runRestore(request, runOptions, deps));
      last = run;
      return run;
    },
  };
}

/** One worker decrypts several times as fast as the store takes keys in; a second smooths waits. */
function defaultWorkers(): number {
  return navigator.hardwareConcurrency >= 4 ? 2 : 1;
}
