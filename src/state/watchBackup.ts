import type { BackupInfo, BackupTrust } from "@/domain/backup";
import { acceptBackup, type BackupFacts, compareBackups, factsOf } from "@/domain/backupNotice";
import { unsupportedReason } from "@/domain/backupState";
import { isRetryable, type AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import { lastValue, type Reading, UNREAD } from "@/domain/reading";
import type { Result } from "@/domain/result";
import { type QueryClient, QueryObserver } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import { readAgain, readAllAgain } from "./invalidate";
import type { Memory } from "./memory";
import { queriesOf, toReading, trustOptions } from "./queries";

export interface BackupWatch {
  /** Lets the SDK be told once more, also about a difference it was told of before. */
  forgetAttempts(): void;
  /** Accepts exactly what the notice tells of. What came after it is compared with that. */
  dismissNotice(): void;
  /**
   * Runs a change that the person makes here. Nothing is noticed meanwhile. If it went well, what the
   * server has afterwards is taken as it is: a notice is for what somebody else did.
   */
  duringOwnChange<T>(work: () => Promise<Result<T, AppError>>): Promise<Result<T, AppError>>;
  stop(): void;
}

interface WatchDeps {
  readonly session: LiveSession;
  readonly queryClient: QueryClient;
  readonly store: AppStore;
  readonly memory: Memory;
}

/**
 * Follows the backup on the server while a session is open, whatever is on the screen: keeps it
 * polled, notices changes made elsewhere, and tells the SDK to look again when it uploads to
 * another version than the server has.
 */
export function watchBackup({ session, queryClient, store, memory }: WatchDeps): BackupWatch {
  const queries = queriesOf(session);
  const { userId } = session.user;
  const backup = new QueryObserver(queryClient, queries.backup);
  const activeVersion = new QueryObserver(queryClient, queries.activeVersion);
  const trust = new QueryObserver(queryClient, trustOptions(session, UNREAD, false));
  let seen = memory.read(userId).seen;
  /** The difference the SDK was last told of, and the read of the backup that showed it. */
  let attempt: {
    readonly difference: string;
    readonly at: number;
    readonly failed: boolean;
  } | null = null;
  let stopped = false;
  let ownChanges = 0;
  /** One of the own changes has gone well. */
  let hasChanged = false;

  function look(): void {
    if (stopped || ownChanges > 0) return;
    const read = toReading(backup.getCurrentResult());
    trust.setOptions(trustOptions(session, read, store.getState().syncedOnce));
    if (read.status !== "known") return;
    const judged = toReading(trust.getCurrentResult());
    compareWithSeen(read.value, judged);
    compareWithUpload(read.value, read.at, judged);
  }

  function compareWithSeen(info: BackupInfo | null, judged: Reading<BackupTrust>): void {
    if (info !== null && unsupportedReason(info) === null && judged.status === "unread") return;
    const notice = compareBackups(seen, info, lastValue(judged) ?? null);
    if (notice === null) accept(info === null ? null : factsOf(info));
    else if (notice.kind === "disappeared" && seen !== null && seen.wasGone !== true) {
      // Another one may be there before anybody has seen the notice.
      seen = { ...seen, wasGone: true };
      memory.write(userId, { seen });
    }
    if (JSON.stringify(notice) !== JSON.stringify(store.getState().notice)) {
      store.setState({ notice });
    }
  }

  /** From now on this is the backup that a change is measured against. */
  function accept(backup: BackupFacts | null): void {
    const isSame = seen?.version === backup?.version && seen?.publicKey === backup?.publicKey;
    if (isSame && seen?.count === backup?.count && seen?.wasGone !== true) return;
    seen = acceptBackup(seen, backup, Date.now());
    memory.write(userId, { seen });
  }

  function compareWithUpload(
    info: BackupInfo | null,
    at: number,
    judged: Reading<BackupTrust>,
  ): void {
    const active = toReading(activeVersion.getCurrentResult());
    if (active.status !== "known" || store.getState().rechecking) return;
    const onServer = info?.version ?? null;
    const swapped = store.getState().notice?.kind === "key_swapped";
    if (active.value === onServer && !swapped) {
      attempt = null;
      return;
    }
    // Looking must not switch anything on: only a backup that may be used is worth telling of.
    if (active.value === null && !isUsable(lastValue(judged))) return;
    const difference = `${onServer} ${info?.publicKey} ${active.value}`;
    const retry = attempt?.failed === true && at > attempt.at;
    if (attempt?.difference === difference && !retry) return;
    void recheck(difference, at);
  }

  async function recheck(difference: string, at: number): Promise<void> {
    attempt = { difference, at, failed: false };
    store.setState({ rechecking: true });
    const result = await session.keyBackup.recheck();
    if (stopped) return;
    if (result.ok) await readAgain(queryClient, session.id, ["activeVersion", "trust"]);
    else attempt = { difference, at, failed: isRetryable(result.error) };
    if (stopped) return;
    store.setState({ rechecking: false });
    look();
  }

  const undo = [
    backup.subscribe(look),
    activeVersion.subscribe(look),
    trust.subscribe(look),
    store.subscribe((state) => state.syncedOnce, look),
  ];
  look();
  return {
    forgetAttempts() {
      attempt = null;
    },
    dismissNotice() {
      const { notice } = store.getState();
      if (notice === null) return;
      accept(notice.kind === "disappeared" ? null : notice.now);
      store.setState({ notice: null });
      look();
    },
    async duringOwnChange(work) {
      ownChanges += 1;
      try {
        const result = await work();
        // Also where it can not be read just now: then the next read is taken as it is.
        hasChanged ||= result.ok;
        return result;
      } finally {
        await readAllAgain(queryClient, session.id);
        ownChanges -= 1;
        if (ownChanges === 0) {
          if (hasChanged) {
            seen = null;
            memory.write(userId, { seen });
          }
          hasChanged = false;
          look();
        }
      }
    },
    stop() {
      stopped = true;
      for (const end of undo) end();
    },
  };
}

function isUsable(trust: BackupTrust | undefined): boolean {
  return trust !== undefined && (trust.key === "match" || trust.signature === "trusted");
}
