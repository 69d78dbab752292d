import type { ChangeJournal, JournalEntry, JournaledChange } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { DatabaseError, openDatabase, resultOf, transact } from "@/lib/idb";
import { isObject } from "./errorOfAnswer";

const SCHEMA_VERSION = 1;
const STORE = "journal";
const CURRENT = "current";
const CHANGES: ReadonlySet<unknown> = new Set<JournaledChange>([
  "replace_backup",
  "change_recovery_key",
  "delete_key_storage",
  "reset_identity",
]);

/** The journal in an IndexedDB database of its own, opened for each call: calls are rare. */
export function createIdbChangeJournal(databaseName: string): ChangeJournal {
  async function work<T>(
    mode: "readonly" | "readwrite",
    ask: (store: IDBObjectStore) => Promise<T>,
  ): Promise<Result<T, AppError>> {
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
  }

  return {
    async read() {
      const found = await work<unknown>("readonly", (store) => resultOf(store.get(CURRENT)));
      if (!found.ok) return found;
      if (found.value === undefined) return ok(null);
      return isEntry(found.value) ? ok(found.value) : fail({ kind: "storage", reason: "mismatch" });
    },
    write: (entry) =>
      work("readwrite", async (store) => {
        await resultOf(store.put(entry, CURRENT));
      }),
    clear: () =>
      work("readwrite", async (store) => {
        await resultOf(store.delete(CURRENT));
      }),
  };
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isObject(value)) return false;
  const { change, step, startedAt, facts } = value;
  return (
    CHANGES.has(change) &&
    typeof step === "string" &&
    typeof startedAt === "number" &&
    isObject(facts) &&
    Object.values(facts).every(
      (fact) => fact === null || typeof fact === "string" || typeof fact === "number",
    )
  );
}
