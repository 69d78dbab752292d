import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { RestoreCursorStore, RestoreProgressRecord } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { DatabaseError, openDatabase, resultOf, transact } from "@/lib/idb";

const SCHEMA_VERSION = 1;
/** One record by version: the seed, and the run that found everything. */
const RUNS = "runs";
/** One record for every note, in the order they were written. */
const NOTES = "notes";

interface Note {
  readonly version: string;
  readonly settled: Uint32Array<ArrayBuffer>;
  readonly held: number;
}

/**
 * The restore cursor in an IndexedDB database of its own: fingerprints and counts, no ids and no
 * keys. Notes are written without waiting for the disk. Where a browser keeps the order of its
 * writes, a power cut costs a note and never leaves one too early; elsewhere a store that lost more
 * than its cursor is found out by its number of keys.
 */
export function createIdbCursorStore(databaseName: string): RestoreCursorStore {
  let connection: Promise<IDBDatabase> | null = null;

  async function work<T>(
    mode: "readonly" | "readwrite",
    ask: (runs: IDBObjectStore, notes: IDBObjectStore) => Promise<T>,
  ): Promise<Result<T, AppError>> {
    try {
      connection ??= open(databaseName, () => {
        connection = null;
      });
      const value = await transact(
        await connection,
        [RUNS, NOTES],
        mode,
        (transaction) => ask(transaction.objectStore(RUNS), transaction.objectStore(NOTES)),
        "relaxed",
      );
      return ok(value);
    } catch (error) {
      connection = null;
      const reason = error instanceof DatabaseError ? error.problem : "unavailable";
      return fail({ kind: "storage", reason });
    }
  }

  return {
    read: (version) =>
      work("readonly", async (runs, notes) => {
        const [run, all]: [unknown, unknown] = await Promise.all([
          resultOf(runs.get(version)),
          resultOf(notes.getAll()),
        ]);
        return readRecord(version, run, all);
      }),
    begin: (version, seed) =>
      work("readwrite", async (runs, notes) => {
        runs.clear();
        notes.clear();
        await resultOf(runs.put({ seed, completed: null }, version));
      }),
    append: (version, settled, held) =>
      work("readwrite", async (_runs, notes) => {
        const note: Note = { version, settled, held };
        await resultOf(notes.add(note));
      }),
    complete: (version, at) =>
      work("readwrite", async (runs) => {
        const run: unknown = await resultOf(runs.get(version));
        if (typeof run === "object" && run !== null) {
          await resultOf(runs.put({ ...run, completed: at }, version));
        }
      }),
  };
}

async function open(name: string, onClose: () => void): Promise<IDBDatabase> {
  const database = await openDatabase(name, SCHEMA_VERSION, (made) => {
    made.createObjectStore(RUNS);
    made.createObjectStore(NOTES, { autoIncrement: true });
  });
  database.addEventListener("versionchange", onClose);
  database.addEventListener("close", onClose);
  return database;
}

/** Null when the records are not what this version of the app writes. */
function readRecord(
  version: BackupVersion,
  run: unknown,
  all: unknown,
): RestoreProgressRecord | null {
  if (!isRecord(run) || !isWords(run["seed"]) || run["seed"].length !== 2) {
    return null;
  }
  const settled: Uint32Array<ArrayBuffer>[] = [];
  let held = 0;
  for (const note of Array.isArray(all) ? all : []) {
    if (!isRecord(note) || !isWords(note["settled"]) || typeof note["held"] !== "number") {
      return null;
    }
    if (note["version"] === version) {
      settled.push(note["settled"]);
      held = Math.max(held, note["held"]);
    }
  }
  return { seed: run["seed"], settled, held, completed: readCompleted(run["completed"]) };
}

function readCompleted(value: unknown): RestoreProgressRecord["completed"] {
  if (!isRecord(value)) {
    return null;
  }
  const { etag, count } = value;
  return typeof etag === "string" && typeof count === "number" ? { etag, count } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWords(value: unknown): value is Uint32Array<ArrayBuffer> {
  return value instanceof Uint32Array && value.buffer instanceof ArrayBuffer;
}
