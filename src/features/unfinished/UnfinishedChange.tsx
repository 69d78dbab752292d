import { useEffect, useState } from "react";
import type { JournalEntry, JournaledChange } from "@/domain/changeJournal";
import { goTo, type Route } from "@/lib/route";
import { useLiveSession } from "@/state/hooks";
import { withoutThrowing } from "@/state/withoutThrowing";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import styles from "./UnfinishedChange.module.css";

/** A change that was begun on this device and not finished, with the way to finish or undo it. */
export function UnfinishedChange() {
  const { changes } = useLiveSession();
  const [entry, setEntry] = useState<JournalEntry | null>(null);
  useEffect(() => {
    let current = true;
    void withoutThrowing(() => changes.readUnfinished()).then((read) => {
      // What cannot be read here is an error on the screen of the change itself.
      if (current && read.ok) setEntry(read.value);
    });
    return () => {
      current = false;
    };
  }, [changes]);
  const place = entry === null ? undefined : PLACES[entry.change];
  if (entry === null || place === undefined) return null;
  return (
    <div
      className={styles.notice}
      data-testid="unfinished-change"
      data-change={entry.change}
      data-step={entry.step}
    >
      <Alert
        tone="warning"
        title={`A change was not finished: ${place.title}`}
        action={<Button onClick={() => goTo(place.route)}>Continue or undo</Button>}
      >
        <p>
          Nothing was lost. Finish it, or go back to what was before. Until then, what is said below
          may come from it.
        </p>
      </Alert>
    </div>
  );
}

/** Where each change goes on. */
const PLACES: Partial<Record<JournaledChange, { readonly title: string; readonly route: Route }>> =
  {
    replace_backup: { title: "replacing the backup", route: "replace" },
    change_recovery_key: { title: "changing the recovery key", route: "change-key" },
  };
