import { useEffect, useState } from "react";
import { readPersistence, type Persistence } from "@/lib/storagePersistence";
import { onWakeUp } from "@/lib/wakeUps";

const WORDS: Readonly<Record<Persistence, string>> = {
  persistent: "Kept until you clear it",
  may_be_cleared: "May be cleared by the browser when space is short",
  unknown: "The browser does not say how long it is kept",
};

/** How long the browser promises to keep what this session has stored. */
export function StorageFact({ memoryOnly }: { memoryOnly: boolean }) {
  return memoryOnly ? <>Nothing is stored: this session is in this tab only</> : <StoredFact />;
}

function StoredFact() {
  const [persistence, setPersistence] = useState<Persistence | null>(null);
  useEffect(() => {
    let current = true;
    const read = (): void => {
      void readPersistence().then((found) => {
        if (current) setPersistence(found);
      });
    };
    read();
    // Some browsers ask the person, whose answer may come while the page is in the background.
    const unwatch = onWakeUp(read);
    return () => {
      current = false;
      unwatch();
    };
  }, []);
  return (
    <span data-testid="storage-persistence" data-persistence={persistence ?? "reading"}>
      {persistence === null ? "Not read yet" : WORDS[persistence]}
    </span>
  );
}
