import type { BackupVersion } from "@/domain/backup";
import type { DecryptedRoomKey, RoomKeySink } from "@/domain/ports";
import { failedCount, settledCount } from "@/domain/restore";
import { ok } from "@/domain/result";
import { restoreCursorName } from "@/matrix/deviceStore";
import { createDecryptionKeySource } from "@/matrix/keyBackupDecryptionKey";
import { createRoomKeySink } from "@/matrix/roomKeySink";
import { createRoomKeySource } from "@/matrix/roomKeySource";
import { fetchBackupInfo } from "@/matrix/roomKeysApi";
import type { SessionContext } from "@/matrix/sessionContext";
import { createDecryptWorker } from "@/restore-engine/createDecryptWorker";
import { createRestoreEngine } from "@/restore-engine/createRestoreEngine";
import { createMemoryCursorStore } from "@/restore-engine/memoryCursorStore";
import { createIdbCursorStore } from "@/restore-engine/idbCursorStore";
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
  // As the app reads it before every restore.
  const info = await fetchBackupInfo(context);
  if (!info.ok || info.value === null) throw new Error("the backup's version could not be read");

  const engine = createRestoreEngine({
    source: createRoomKeySource(context),
    sink: watchSink(createRoomKeySink(context), (keys) => {
      handedIn += keys;
    }),
    decryptionKey: createDecryptionKeySource(context),
    cursors:
      context.cryptoStorePrefix === null
        ? createMemoryCursorStore()
        : createIdbCursorStore(restoreCursorName(context.cryptoStorePrefix)),
    createWorker: () =>
      watchWorker(createDecryptWorker(), (entries) => {
        decrypted += entries;
      }),
    ...(wish.workers === null ? {} : { workers: wish.workers }),
    decryptWith: wish.decryptWith,
  });
  const outcome = await engine.run(
    {
      version,
      expected: wish.expected,
      etag: info.value.etag,
      firstRooms: wish.firstRoom === null ? [] : [wish.firstRoom.roomId],
    },
    {
      signal: new AbortController().signal,
      onProgress: (tally) => onSettled(settledCount(tally)),
      onRoomReady(roomId) {
        if (roomId === wish.firstRoom?.roomId) firstRoomAt ??= performance.now();
      },
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
    recalled: tally.recalled,
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
  const keys = batches.reduce((total, batch) => total + batch.length, 0);
  const opened = await createRoomKeySink(context).open(version, keys);
  if (!opened.ok) throw new Error(`the store did not open: ${opened.error.kind}`);
  const store = opened.value;
  for (const batch of batches) {
    const outcome = await store.import(batch);
    if (!outcome.ok) throw new Error(`the import failed: ${outcome.error.kind}`);
  }
  store.close();
}

/** Counts the keys handed to the store. */
function watchSink(sink: RoomKeySink, onStored: (keys: number) => void): RoomKeySink {
  return {
    async open(version, expected) {
      const opened = await sink.open(version, expected);
      if (!opened.ok) return opened;
      const store = opened.value;
      return ok({
        held: store.held,
        async import(batch) {
          const outcome = await store.import(batch);
          onStored(batch.length);
          return outcome;
        },
        count: () => store.count(),
        close: () => store.close(),
      });
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
