import type { ChangeJournal, JournalEntry } from "@/domain/changeJournal";
import { ok } from "@/domain/result";

/** A journal without a disk, for a session in memory. It goes with the tab, like all of the session. */
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
