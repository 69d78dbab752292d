import type { BackupEntries, ChangesPort } from "@/domain/changes";
import { createChangeKey } from "./changeKey";
import { createReplace } from "./replace";
import type { SessionContext } from "./sessionContext";

/** The changes of several steps over one live SDK client. */
export function createChanges(context: SessionContext, entries: BackupEntries): ChangesPort {
  return {
    replace: createReplace(context, entries),
    recoveryKey: createChangeKey(context),
    // Outside of turns: it says what is on the disk now, also while a change is under way.
    readUnfinished: () => context.journal.read(),
  };
}
