import type { QueryClient } from "@tanstack/react-query";
import { type KeyBackupQueryName, queryKey, sessionKey } from "./queries";

/** Marks facts as to be read again. Several calls in one burst of events lead to one read each. */
export interface Invalidator {
  (names: readonly KeyBackupQueryName[]): void;
}

/** Long reads with many hints: begun anew at each hint they would never come to an end. */
const PATIENT: readonly KeyBackupQueryName[] = ["rooms", "roomKeyCounts"];

/** Events come in bursts: what they invalidate is collected until the end of the microtask. */
export function createInvalidator(queryClient: QueryClient, sessionId: string): Invalidator {
  const due = new Set<KeyBackupQueryName>();
  const reading = new Set<KeyBackupQueryName>();
  const again = new Set<KeyBackupQueryName>();

  function flush(): void {
    const names = [...due];
    due.clear();
    const patient = names.filter((name) => PATIENT.includes(name));
    const prompt = names.filter((name) => !PATIENT.includes(name));
    void readAgain(queryClient, sessionId, prompt);
    for (const name of patient) void readAfterThis(name);
  }

  /** Lets a read that is under way end, then reads once more for all hints that came meanwhile. */
  async function readAfterThis(name: KeyBackupQueryName): Promise<void> {
    again.add(name);
    if (reading.has(name)) return;
    reading.add(name);
    const key = queryKey(sessionId, name);
    while (again.has(name)) {
      await queryClient
        .getQueryCache()
        .find({ queryKey: key })
        ?.promise?.catch(() => undefined);
      again.delete(name);
      await queryClient.invalidateQueries({ queryKey: key }, { cancelRefetch: false });
    }
    reading.delete(name);
  }

  return (names) => {
    if (due.size === 0 && names.length > 0) queueMicrotask(flush);
    for (const name of names) due.add(name);
  };
}

/** Reads the named facts again where they are shown; resolves when that is done. */
export async function readAgain(
  queryClient: QueryClient,
  sessionId: string,
  names: readonly KeyBackupQueryName[],
): Promise<void> {
  await Promise.all(
    names.map((name) => queryClient.invalidateQueries({ queryKey: queryKey(sessionId, name) })),
  );
}

/** Reads everything of the session again where it is shown; resolves when that is done. */
export async function readAllAgain(queryClient: QueryClient, sessionId: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: sessionKey(sessionId) });
}
