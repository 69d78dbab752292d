import type { AppError } from "@/domain/errors";
import type {
  DecryptionKeySource,
  RestoreRequest,
  RoomKeySink,
  RoomKeySource,
} from "@/domain/ports";
import type { RestoreOutcome, RestoreTally } from "@/domain/restore";
import type { Result } from "@/domain/result";
import { raceAbort } from "@/lib/abort";
import { DecryptPool } from "./DecryptPool";
import { downloadEntries } from "./downloadEntries";
import { errorName } from "./errorName";
import { ImportPipeline } from "./ImportPipeline";
import { ProgressReporter } from "./ProgressReporter";
import type { EngineChoice } from "./protocol";
import { RestoreLedger } from "./RestoreLedger";
import type { RestoreTuning } from "./tuning";

export interface RestoreDeps {
  readonly source: RoomKeySource;
  readonly sink: RoomKeySink;
  readonly decryptionKey: DecryptionKeySource;
  readonly createWorker: () => Worker;
  readonly workers: number;
  readonly decryptWith: EngineChoice;
  readonly tuning: RestoreTuning;
}

/** One run from its first byte to its report. Never rejects. */
export async function runRestore(
  request: RestoreRequest,
  options: { readonly signal: AbortSignal; readonly onProgress: (tally: RestoreTally) => void },
  deps: RestoreDeps,
): Promise<RestoreOutcome> {
  const { tuning } = deps;
  const { version } = request;
  const ledger = new RestoreLedger(request.expected);
  const progress = new ProgressReporter(() => ledger.tally, options.onProgress, {
    everyMs: tuning.progressEveryMs,
    clock: tuning.clock,
  });
  const onSettled = (): void => {
    progress.changed();
  };
  const pool = new DecryptPool({
    createWorker: deps.createWorker,
    workers: deps.workers,
    engine: deps.decryptWith,
    readKey: () => deps.decryptionKey.read(version),
    silenceMs: tuning.workerSilenceMs,
    clock: tuning.clock,
  });
  const pipeline = new ImportPipeline({
    pool,
    sink: deps.sink,
    version,
    ledger,
    tuning,
    onSettled,
  });
  const signal = AbortSignal.any([options.signal, pipeline.broken]);

  const work = async (): Promise<Result<void, AppError>> => {
    progress.changed();
    const opened = await raceAbort(pool.open(), signal);
    if (!opened.ok) {
      return opened;
    }
    return downloadEntries({
      source: deps.source,
      version,
      pipeline,
      ledger,
      tuning,
      signal,
      onProgress: onSettled,
    });
  };

  let error: AppError | null = null;
  let isInterrupted = false;
  try {
    const result = await work();
    error = result.ok ? null : result.error;
  } catch (thrown) {
    if (pipeline.error === null && options.signal.aborted) {
      isInterrupted = true;
    } else {
      error = pipeline.error ?? { kind: "unexpected", detail: errorName(thrown) };
    }
  }
  pool.close();
  await pipeline.stop();
  ledger.close();
  progress.finish();

  const { report } = ledger;
  if (isInterrupted) {
    return { kind: "interrupted", report };
  }
  return error === null ? { kind: "completed", report } : { kind: "failed", report, error };
}
