import { unsupportedReason } from "@/domain/backupState";
import type { LiveSession } from "@/domain/ports";
import { lastValue, type Reading } from "@/domain/reading";
import type { QueryClient } from "@tanstack/react-query";
import { queriesOf, type ReadingOptions } from "./queries";
import { withoutThrowing } from "./withoutThrowing";

/**
 * Reads anew what is lost or safe by signing out: the backup on the server, its trust, the upload,
 * the keys held here and the recovery. Resolves when all of it was read or could not be read; the
 * answers are in the queries, where everything else sees them too. Answers whether a change is half
 * done, which is also said where that cannot be read.
 */
export async function readBeforeSignOut(
  queryClient: QueryClient,
  session: LiveSession,
  syncedOnce: boolean,
): Promise<boolean> {
  const queries = queriesOf(session);
  const backupAndTrust = async (): Promise<void> => {
    const info = lastValue(await readNow(queryClient, queries.backup)) ?? null;
    if (info === null || unsupportedReason(info) !== null || !syncedOnce) return;
    await readNow(queryClient, queries.trust(info));
  };
  const unfinished = withoutThrowing(() => session.changes.readUnfinished());
  await Promise.allSettled([
    backupAndTrust(),
    readNow(queryClient, queries.activeVersion),
    readNow(queryClient, queries.roomKeys),
    ...(syncedOnce ? [readNow(queryClient, queries.secretStorage)] : []),
  ]);
  const entry = await unfinished;
  return !entry.ok || entry.value !== null;
}

/** One read that begins now; one that is under way began too early. */
async function readNow<T>(
  queryClient: QueryClient,
  options: ReadingOptions<T>,
): Promise<Reading<T>> {
  await queryClient.cancelQueries({ queryKey: options.queryKey });
  return queryClient.fetchQuery({ ...options, staleTime: 0 });
}
