import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { DatabaseError, openDatabase, transact } from "@/lib/idb";

const SCHEMA_VERSION = 1;
const STORE = "journal";

type Ask = <T>(
  mode: "readonly" | "readwrite",
  ask: (store: IDBObjectStore) => Promise<T>,
) => Promise<Result<T, AppError>>;

/** What a device notes of itself, in an IndexedDB database of its own, opened for each call: calls are rare. */
export function createIdbNotes(databaseName: string): Ask {
  return async (mode, ask) => {
    let database: IDBDatabase | null = null;
    try {
      database = await openDatabase(databaseName, SCHEMA_VERSION, (made) => {
        made.createObjectStore(STORE);
      });
      return ok(await transact(database, [STORE], mode, (tx) => ask(tx.objectStore(STORE))));
    } catch (error) {
      const reason = error instanceof DatabaseError ? error.problem : "unavailable";
      return fail({ kind: "storage", reason });
    } finally {
      database?.close();
    }
  };
}
