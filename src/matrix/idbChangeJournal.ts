import type { ChangeJournal, JournalEntry, JournaledChange } from "@/domain/changeJournal";
import { fail, ok } from "@/domain/result";
import { resultOf } from "@/lib/idb";
import { isObject } from "./errorOfAnswer";
import { createIdbNotes } from "./idbNotes";

const CURRENT = "current";
const CHANGES: ReadonlySet<unknown> = new Set<JournaledChange>([
  "replace_backup",
  "change_recovery_key",
  "delete_backups",
  "delete_key_storage",
  "reset_identity",
]);

/** The journal in the database of the device's own notes. */
export function createIdbChangeJournal(databaseName: string): ChangeJournal {
  const work = createIdbNotes(databaseName);
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
