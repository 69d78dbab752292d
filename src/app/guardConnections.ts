import type { LiveSession } from "@/domain/ports";
import type { SessionPhase, SignedOutReason } from "@/domain/session";
import { isNarrowed, mayConnectTo, narrowConnections } from "@/lib/narrowConnections";
import type { AppServices } from "@/state/StoreContext";

/** What the guard does to the page. */
export interface GuardedPage {
  readonly reload: () => void;
  /** Whether the page would come back after a reload. */
  readonly isReachable: () => Promise<boolean>;
  /** Signs that the connection may be back. */
  readonly onWakeUp: (listener: () => void) => () => void;
  /** The page's policy has kept back a request. */
  readonly onRefused: (listener: () => void) => void;
  /** Lives as long as the tab, over reloads; null where the browser forbids it. */
  readonly storage: Storage | null;
}

export interface ConnectionGuard {
  readonly subscribe: (listener: () => void) => () => void;
  /** The page is about to be loaded anew: there is nothing to show any more. */
  readonly isLeaving: () => boolean;
  /** Why the session before the reload ended; null once the person has gone on. */
  readonly leftBecause: () => SignedOutReason | null;
}

const LEFT = "key-backup.left";
const isReason = (text: string | null): text is SignedOutReason =>
  text === "by_choice" || text === "local_only";

/**
 * From its first sync on, a session's page can send requests to its servers and to nobody else. That
 * cannot be taken back, so the page is loaded anew once the session is over: the next one may be
 * elsewhere. Nothing of the last one is then in memory either. Not before the first sync, because a
 * homeserver that takes the session no more may have moved its sign-in to another server. Where the reload would fail, as without a
 * connection, the page stays as it is until it would not.
 */
export function guardConnections(
  { store, session }: Pick<AppServices, "store" | "session">,
  originsOf: (session: LiveSession) => readonly string[],
  page: GuardedPage,
): ConnectionGuard {
  const listeners = new Set<() => void>();
  let leaving = false;
  let wasOpen = false;
  const { reason, host } = takeLeft(page.storage);
  let left = reason;
  if (host !== null) store.setState({ stillSignedInAt: host });
  let leftAt: SessionPhase | null = null;
  let stopWaiting: (() => void) | null = null;

  function setLeaving(next: boolean): void {
    leaving = next;
    for (const listener of listeners) listener();
  }

  async function leave(phase: SessionPhase & { kind: "signed_out" }): Promise<void> {
    const reachable = await page.isReachable();
    if (store.getState().phase !== phase) return;
    if (!reachable) {
      setLeaving(false);
      stopWaiting ??= page.onWakeUp(() => void leave(phase));
      return;
    }
    if (phase.reason !== null)
      keepLeft(page.storage, phase.reason, store.getState().stillSignedInAt);
    page.reload();
  }

  function follow(phase: SessionPhase): void {
    stopWaiting?.();
    stopWaiting = null;
    if (left !== null && leftAt !== null && phase !== leftAt) left = null;
    if (phase.kind === "active") {
      wasOpen = true;
      const open = session.liveSession();
      if (open === null) return;
      // Another tab has signed in at the same homeserver in another way. One in memory has gone on
      // from here, and would be lost.
      const fits = originsOf(open).every((origin) => mayConnectTo(origin));
      if (!fits && phase.memoryOnly !== true) page.reload();
    } else if (phase.kind === "signed_out") {
      leftAt ??= phase;
      if (isNarrowed() || wasOpen) {
        setLeaving(true);
        void leave(phase);
      }
    } else if (phase.kind === "opening") {
      // Another tab has signed in elsewhere, and this one took the session over from it.
      if (!mayConnectTo(new URL(phase.user.homeserverUrl).origin)) page.reload();
    }
  }

  function narrow(): void {
    const open = session.liveSession();
    if (open !== null) narrowConnections(originsOf(open));
  }

  /**
   * Signing in again needs a server that the last session did not. The stored session is opened anew
   * on the way, and is found expired before the page is narrowed.
   */
  async function comeBack(): Promise<void> {
    const phase = store.getState().phase;
    const isOver = phase.kind === "expired" || (phase.kind === "ended" && !phase.memoryOnly);
    if (!isOver || !isNarrowed() || !(await page.isReachable())) return;
    if (store.getState().phase === phase) page.reload();
  }

  store.subscribe((state) => state.phase, follow);
  store.subscribe(
    ({ phase, syncedOnce }) => phase.kind === "active" && syncedOnce,
    (isLive) => {
      if (isLive) narrow();
    },
  );
  page.onRefused(() => void comeBack());

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isLeaving: () => leaving && store.getState().phase.kind === "signed_out",
    leftBecause: () => left,
  };
}

interface Left {
  readonly reason: SignedOutReason | null;
  /** Where the person may still be signed in. */
  readonly host: string | null;
}

function takeLeft(storage: Storage | null): Left {
  const [reason = null, host = null] = storage?.getItem(LEFT)?.split(" ") ?? [];
  storage?.removeItem(LEFT);
  return isReason(reason) ? { reason, host } : { reason: null, host: null };
}

function keepLeft(storage: Storage | null, reason: SignedOutReason, host: string | null): void {
  try {
    storage?.setItem(LEFT, host === null ? reason : `${reason} ${host}`);
  } catch {
    // Full or forbidden: the next page then does not say why the last one ended.
  }
}
