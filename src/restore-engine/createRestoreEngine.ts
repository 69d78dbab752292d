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
  /** Asked for while a run is on its way to its downloads. */
  let early: string[] = [];
  let runs = 0;
  return {
    run(request, runOptions) {
      const run = last.then(async () => {
        const onRooms = (rooms: typeof current): void => {
          current = rooms;
          for (const roomId of early.splice(0)) rooms?.bringForward(roomId);
        };
        try {
          return await runRestore(request, { ...runOptions, onRooms }, deps);
        } finally {
          current = null;
          early = [];
          runs--;
        }
      });
      runs++;
      last = run.catch(() => undefined);
      return run;
    },
    bringForward(roomId) {
      if (current !== null) current.bringForward(roomId);
      else if (runs > 0) early.push(roomId);
    },
  };
}

/** One worker decrypts several times as fast as the store takes keys in; a second smooths waits. */
function defaultWorkers(): number {
  return navigator.hardwareConcurrency >= 4 ? 2 : 1;
}
