import type { OldBackup } from "@/domain/changes";
import { useLiveSession } from "@/state/hooks";
import { withoutThrowing } from "@/state/withoutThrowing";
import { useEffect, useState } from "react";

/**
 * Older backups that the server still has and whose keys are kept, read when a dialog opens: the
 * newest of them becomes the current one by a deletion. Empty while not known.
 */
export function useKeptOlder(open: boolean): readonly OldBackup[] {
  const { replace } = useLiveSession().changes;
  const [kept, setKept] = useState<readonly OldBackup[]>([]);
  useEffect(() => {
    if (!open) return;
    let current = true;
    void withoutThrowing(() => replace.listOld()).then((old) => {
      // A comfort: what comes back is read after the deletion in any case.
      if (current) setKept(old.ok ? old.value : []);
    });
    return () => {
      current = false;
    };
  }, [open, replace]);
  return kept;
}
