import type { RestoreEngine } from "@/domain/ports";
import type { EngineChoice } from "./protocol";
import type { RoomDownloads } from "./RoomDownloads";
import { runRestore, type RestoreDeps } from "./runRestore";
import { defaultTuning, type RestoreTuning } from "./tuning";

export interface RestoreEngineOptions extends Omit<
  RestoreDeps,
  "workers" | "decryptWith" | "tuning"
> {
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
  let current: Pick<RoomDownloads, "bringForward"> | null = null;
  return {
    run(request, runOptions) {
      const run = last.then(async () => {
        const onRooms = (rooms: typeof current): void => {
          current = rooms;
        };
        const outcome = await runRestore(request, { ...runOptions, onRooms }, deps);
        current = null;
        return outcome;
      });
      last = run;
      return run;
    },
    bringForward(roomId) {
      current?.bringForward(roomId);
    },
  };
}

/** One worker decrypts several times as fast as the store takes keys in; a second smooths waits. */
function defaultWorkers(): number {
  return navigator.hardwareConcurrency >= 4 ? 2 : 1;
}
