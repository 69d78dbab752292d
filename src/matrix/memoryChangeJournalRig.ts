import type { ChangeJournal, JournalEntry } from "@/domain/changeJournal";
import { ok } from "@/domain/result";

/** A journal without a disk, for tests in Node. The entry can be looked at and set. */
export function createMemoryJournal(): ChangeJournal & { entry: JournalEntry | null } {
  return {
    entry: null,
    async read() {
      return ok(this.entry);
    },
    async write(entry) {
      this.entry = entry;
      return ok(undefined);
    },
    async clear() {
      this.entry = null;
      return ok(undefined);
    },
  };
}
