import type { AppError } from "@/domain/errors";
import type {
  DecryptionKeySource,
  RestoreCursorStore,
  RestoreEngine,
  RestoreRequest,
  RoomKeyImport,
  RoomKeySink,
  RoomKeySource,
} from "@/domain/ports";
import { failedCount, missingCount, type RestoreOutcome } from "@/domain/restore";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort, withTimeout } from "@/lib/abort";
import { DecryptPool } from "./DecryptPool";
import { downloadEntries } from "./downloadEntries";
import { EntryGate } from "./EntryGate";
import { errorName } from "./errorName";
import { ImportPipeline } from "./ImportPipeline";
import { ProgressReporter } from "./ProgressReporter";
import type { EngineChoice } from "./protocol";
import { RestoreCursor } from "./RestoreCursor";
import { RestoreLedger } from "./RestoreLedger";
import { RoomDownloads } from "./RoomDownloads";
import type { RestoreTuning } from "./tuning";

export interface RestoreDeps {
  readonly source: RoomKeySource;
  readonly sink: RoomKeySink;
  readonly decryptionKey: DecryptionKeySource;
  readonly cursors: RestoreCursorStore;
  readonly createWorker: () => Worker;
  readonly workers: number;
  readonly decryptWith: EngineChoice;
  readonly tuning: RestoreTuning;
}

export type RunOptions = Parameters<RestoreEngine["run"]>[1] & {
  /** Called with what brings rooms forward, once it can. */
  readonly onRooms: (rooms: Pick<RoomDownloads, "bringForward">) => void;
};

/** One run from its first byte to its report. Never rejects. */
export async function runRestore(
  request: RestoreRequest,
  options: RunOptions,
  deps: RestoreDeps,
): Promise<RestoreOutcome> {
  const ledger = new RestoreLedger(request.expected);
  const progress = new ProgressReporter(() => ledger.tally, options.onProgress, {
    everyMs: deps.tuning.progressEveryMs,
    clock: deps.tuning.clock,
  });
  let error: AppError | null = null;
  let isInterrupted = false;
  try {
    progress.changed();
    const result = await restoreInto(request, options, deps, { ledger, progress });
    error = result.ok ? null : result.error;
  } catch (thrown) {
    isInterrupted = options.signal.aborted;
    error = isInterrupted ? null : { kind: "unexpected", detail: errorName(thrown) };
  }
  ledger.waits(null);
  ledger.close();
  try {
    progress.finish();
  } catch {
    // A listener that throws takes nothing from the outcome.
  }
  const { report } = ledger;
  if (isInterrupted) {
    return { kind: "interrupted", report };
  }
  return error === null ? { kind: "completed", report } : { kind: "failed", report, error };
}

interface Telling {
  readonly ledger: RestoreLedger;
  readonly progress: ProgressReporter;
}

/** Rejects when aborted, and on bugs. */
async function restoreInto(
  request: RestoreRequest,
  options: RunOptions,
  deps: RestoreDeps,
  telling: Telling,
): Promise<Result<void, AppError>> {
  options.signal.throwIfAborted();
  const { version, expected } = request;
  const opening = deps.sink.open(version, expected);
  const reading = Promise.all([opening, deps.cursors.read(version)]);
  const [opened, noted] = await raceAbort(reading, options.signal).catch((error: unknown) => {
    // Whatever it opens late is given back.
    void opening.then((late) => late.ok && late.value.close()).catch(() => undefined);
    throw error;
  });
  if (!opened.ok) {
    return opened;
  }
  const store = opened.value;
  try {
    const cursor = RestoreCursor.open(noted, {
      store: deps.cursors,
      version,
      held: store.held,
      expected,
      everyKeys: deps.tuning.cursorKeys,
    });
    return await restoreThrough(store, cursor, request, options, deps, telling);
  } finally {
    store.close();
  }
}

async function restoreThrough(
  store: RoomKeyImport,
  cursor: RestoreCursor,
  request: RestoreRequest,
  options: RunOptions,
  deps: RestoreDeps,
  { ledger, progress }: Telling,
): Promise<Result<void, AppError>> {
  const { tuning } = deps;
  const { version, expected, etag } = request;
  options.signal.throwIfAborted();
  if (cursor.completed?.etag === etag && cursor.completed.count === expected) {
    // Nothing was added to the backup since all of it was found here, and the store has lost nothing.
    const key = await raceAbort(deps.decryptionKey.read(version), options.signal);
    if (!key.ok) {
      return key;
    }
    key.value.fill(0);
    ledger.recall(expected);
    ledger.enter("finishing");
    return ok(undefined);
  }
  const onProgress = (): void => progress.changed();
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
    store,
    cursor,
    ledger,
    tuning,
    onSettled: onProgress,
  });
  const signal = AbortSignal.any([options.signal, pipeline.broken]);
  let completedAt: Parameters<RestoreCursor["close"]>[0] = null;
  try {
    const opened = await raceAbort(pool.open(), signal);
    if (!opened.ok) {
      return opened;
    }
    const gate = new EntryGate(cursor.seed, cursor.recalled, expected);
    const result = await downloadAll(
      { source: deps.source, version, pipeline, gate, ledger, tuning, signal, onProgress },
      request.firstRooms,
      options,
    );
    if (!result.ok) {
      return result;
    }
    const checked = await raceAbort(checkStore(store, ledger), signal);
    const { tally } = ledger;
    if (checked.ok && failedCount(tally) + missingCount(tally) === 0) {
      completedAt = { etag, count: expected, held: checked.value };
    }
    return checked.ok ? ok(undefined) : checked;
  } catch (thrown) {
    if (pipeline.error !== null) {
      return fail(pipeline.error);
    }
    throw thrown;
  } finally {
    pool.close();
    await pipeline.stop();
    await withTimeout(cursor.close(completedAt), tuning.stopGraceMs, tuning.clock);
  }
}

/** The rooms that matter first, then everything; rooms can be brought forward all the time. */
async function downloadAll(
  context: Parameters<typeof downloadEntries>[0],
  firstRooms: readonly string[],
  { onRoomReady, onRooms }: RunOptions,
): Promise<Result<void, AppError>> {
  const rooms = new RoomDownloads(context, firstRooms, onRoomReady);
  onRooms(rooms);
  await rooms.begin();
  const serving = rooms.serve();
  let result: Result<void, AppError>;
  try {
    result = await downloadEntries(context);
  } finally {
    await rooms.end();
    await serving;
  }
  // What a room brought last.
  await context.pipeline.drain(context.signal);
  context.signal.throwIfAborted();
  return result;
}

/** Asks the store itself, once, whether it holds what was counted into it. */
async function checkStore(
  store: RoomKeyImport,
  ledger: RestoreLedger,
): Promise<Result<number, AppError>> {
  const count = await store.count();
  if (!count.ok) {
    return count;
  }
  return count.value >= store.held + ledger.added
    ? ok(count.value)
    : fail({ kind: "unexpected", detail: "the store holds fewer keys than were stored" });
}
