import type { BackupVersion } from "@/domain/backup";
import type { RestoreCursorStore, RestoreProgressRecord } from "@/domain/ports";
import { ok } from "@/domain/result";

/** The restore cursor of a session in memory: 8 bytes an entry, as on the disk. */
export function createMemoryCursorStore(): RestoreCursorStore {
  let current: { readonly version: BackupVersion; readonly record: RestoreProgressRecord } | null =
    null;

  function change(
    version: BackupVersion,
    changed: (record: RestoreProgressRecord) => RestoreProgressRecord,
  ): void {
    if (current?.version === version) current = { version, record: changed(current.record) };
  }

  return {
    async read(version) {
      return ok(current?.version === version ? current.record : null);
    },
    async begin(version, seed) {
      current = { version, record: { seed, settled: [], held: 0, completed: null } };
      return ok(undefined);
    },
    async append(version, settled, held) {
      change(version, (record) => ({
        ...record,
        settled: [...record.settled, settled],
        held: Math.max(record.held, held),
      }));
      return ok(undefined);
    },
    async complete(version, completed) {
      change(version, (record) => ({ ...record, completed }));
      return ok(undefined);
    },
  };
}
