import type { QueryClient } from "@tanstack/react-query";
import { type KeyBackupQueryName, queryKey, sessionKey } from "./queries";

/** Marks facts as to be read again. Several calls in one burst of events lead to one read each. */
export interface Invalidator {
  (names: readonly KeyBackupQueryName[]): void;
}

/** Events come in bursts: what they invalidate is collected until the end of the microtask. */
export function createInvalidator(queryClient: QueryClient, sessionId: string): Invalidator {
  const due = new Set<KeyBackupQueryName>();
  const flush = (): void => {
    const names = [...due];
    due.clear();
    void readAgain(queryClient, sessionId, names);
  };
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
