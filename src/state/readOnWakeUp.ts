import type { LiveSession } from "@/domain/ports";
import type { QueryClient } from "@tanstack/react-query";
import { readAgain } from "./invalidate";
import type { KeyBackupQueryName } from "./queries";
import type { WakeUps } from "./resumeOnWakeUp";

/** What others may have changed while nobody listened. The store here changes by this page alone. */
const CHANGED_ELSEWHERE: readonly KeyBackupQueryName[] = [
  "backup",
  "backupWish",
  "unfinished",
  "trust",
  "activeVersion",
  "crossSigning",
  "secretStorage",
  "accountDevices",
];

/** Several signs of one waking come within this time. */
const ONE_WAKING_MS = 2_000;

/** Reads the state again when the page wakes from a sleep, or its clock was set: what it knew may be old. */
export function readOnWakeUp(
  wakeUps: WakeUps,
  deps: { readonly queryClient: QueryClient; readonly session: () => LiveSession | null },
): void {
  let last = -Infinity;
  wakeUps(() => {
    const session = deps.session();
    const now = performance.now();
    if (session === null || now - last < ONE_WAKING_MS) return;
    last = now;
    void readAgain(deps.queryClient, session.id, CHANGED_ELSEWHERE);
  });
}
