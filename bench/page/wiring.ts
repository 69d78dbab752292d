import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, RoomKeySink } from "@/domain/ports";
import { failedCount, settledCount, type RestoreTally } from "@/domain/restore";
import { createDecryptionKeySource } from "@/matrix/keyBackupDecryptionKey";
import { createRoomKeySink } from "@/matrix/roomKeySink";
import { createRoomKeySource } from "@/matrix/roomKeySource";
import type { SessionContext } from "@/matrix/sessionContext";
import { createDecryptWorker } from "@/restore-engine/createDecryptWorker";
import { createRestoreEngine } from "@/restore-engine/createRestoreEngine";
import type { RestoreWish } from "./benchApi";

// Everything here that depends on how the app puts the engine together (src/matrix/gateway.ts,
// src/app/createApp.tsx) is in this file, so that one file follows a change there.

/** What one restore by our engine came to. */
export interface EngineRun {
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  readonly recalled: number;
  readonly decrypted: number;
  readonly handedIn: number;
  readonly firstRoomAt: number | null;
}

/** Runs our engine once, as the app would. Throws when the restore does not complete. */
export async function runEngine(
  context: SessionContext,
  version: BackupVersion,
  wish: RestoreWish,
  onSettled: (keys: number) => void,
): Promise<EngineRun> {
  let decrypted = 0;
  let handedIn = 0;
  let firstRoomAt: number | null = null;
  let firstRoomLeft = wish.firstRoom?.keys ?? 0;

  // Hook: with `onRoomReady` this becomes one line in the run's options.
  const onStored = (batch: readonly DecryptedRoomKey[]): void => {
    handedIn += batch.length;
    const roomId = wish.firstRoom?.roomId;
    if (roomId === undefined || firstRoomAt !== null) return;
    firstRoomLeft -= batch.filter((key) => key.roomId === roomId).length;
    if (firstRoomLeft <= 0) firstRoomAt = performance.now();
  };

  const engine = createRestoreEngine({
    source: createRoomKeySource(context),
    sink: watchSink(createRoomKeySink(context), onStored),
    decryptionKey: createDecryptionKeySource(context),
    createWorker: () =>
      watchWorker(createDecryptWorker(), (entries) => {
        decrypted += entries;
      }),
    ...(wish.workers === null ? {} : { workers: wish.workers }),
    // Hook: decryptWith: wish.decryptWith
  });
  const outcome = await engine.run(
    // Hook: etag, and firstRooms: wish.firstRoom === null ? [] : [wish.firstRoom.roomId]
    { version, expected: wish.expected },
    {
      signal: new AbortController().signal,
      onProgress: (tally) => onSettled(settledCount(tally)),
    },
  );
  const { tally } = outcome.report;
  if (outcome.kind !== "completed") {
    throw new Error(`the restore ended as ${outcome.kind}: ${JSON.stringify(outcome)}`);
  }
  return {
    imported: tally.imported,
    already: tally.already,
    failed: failedCount(tally),
    recalled: recalledOf(tally),
    decrypted,
    handedIn,
    firstRoomAt,
  };
}

/** Imports keys through our sink, for measuring that step alone. */
export async function importKeys(
  context: SessionContext,
  version: BackupVersion,
  batches: readonly (readonly DecryptedRoomKey[])[],
): Promise<void> {
  const sink = createRoomKeySink(context);
  for (const batch of batches) {
    const outcome = await sink.import(batch, version);
    if (!outcome.ok) throw new Error(`the import failed: ${outcome.error.kind}`);
  }
}

function watchSink(
  sink: RoomKeySink,
  onStored: (batch: readonly DecryptedRoomKey[]) => void,
): RoomKeySink {
  return {
    async import(batch, version) {
      const outcome = await sink.import(batch, version);
      onStored(batch);
      return outcome;
    },
  };
}

/** Counts the entries posted to a decrypt worker (src/restore-engine/protocol.ts). */
function watchWorker(worker: Worker, onPosted: (entries: number) => void): Worker {
  const post: (message: unknown, transfer: Transferable[]) => void =
    worker.postMessage.bind(worker);
  worker.postMessage = (message: unknown, options?: unknown): void => {
    onPosted(entriesIn(message));
    post(message, Array.isArray(options) ? options : []);
  };
  return worker;
}

function entriesIn(message: unknown): number {
  const ends = at(at(at(message, "request"), "batch"), "ends");
  return typeof ends === "object" && ends !== null && "length" in ends ? Number(ends.length) : 0;
}

function at(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** Hook: `tally.recalled`, once the tally has it. */
function recalledOf(tally: RestoreTally): number {
  const recalled = at(tally, "recalled");
  return typeof recalled === "number" ? recalled : 0;
}
