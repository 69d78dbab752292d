import { hasWebLocks } from "./pageAbilities";

/** Held by at most one tab of this browser at a time. A tab that crashes gives it up by itself. */
export interface TabLock {
  /** Gives the lock up; another tab can have it a moment later. Safe to call twice. */
  release(): void;
}

export interface TabLockOptions {
  /**
   * Another tab asks for the lock. Must stop everything the lock protects; when its promise
   * settles the lock is given up.
   */
  readonly onTakeOver: () => Promise<void>;
  /** What is told to tabs that ask what goes on here: plain data that may be copied. */
  readonly describe?: () => unknown;
}

interface Ask {
  readonly kind: "give_up" | "describe";
}

interface Answer {
  readonly kind: "status";
  readonly status: unknown;
}

/** What a tab without the lock hears: the holder's words, or that nobody holds it. */
export type TabLockNews =
  | { readonly kind: "held"; readonly status: unknown }
  | { readonly kind: "free" };

/** Asks without an answer before what was last heard counts no more. */
const UNANSWERED = 3;

/**
 * Asks again and again what goes on in the tab that holds the lock. The status of one that does not
 * answer (frozen, or busy) is null. Returns what ends it.
 */
export function watchTabLock(
  name: string,
  listener: (news: TabLockNews) => void,
  everyMs = 1_000,
): () => void {
  const channel = openChannel(name);
  let active = true;
  let unanswered = 0;
  channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (!isAnswer(data)) return;
    unanswered = 0;
    listener({ kind: "held", status: data.status });
  });
  const ask = async (): Promise<void> => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    channel?.postMessage({ kind: "describe" } satisfies Ask);
    const { held = [] } = await globalThis.navigator.locks.query();
    if (!active) return;
    if (!held.some((lock) => lock.name === name)) {
      // Nobody was asked: the next holder has all its chances to answer.
      unanswered = 0;
      listener({ kind: "free" });
    } else if (++unanswered === UNANSWERED + 1) listener({ kind: "held", status: null });
  };
  void ask();
  const timer = setInterval(() => void ask(), everyMs);
  return () => {
    active = false;
    clearInterval(timer);
    channel?.close();
  };
}

/** Takes the lock, or answers null at once when another tab holds it. */
export function acquireTabLock(name: string, options: TabLockOptions): Promise<TabLock | null> {
  return request(name, options, { ifAvailable: true });
}

/**
 * Asks the holding tab to stop and waits until it has. Null when it does not give the lock up in
 * time (a frozen tab): the lock is never stolen, since two clients on one crypto store damage it.
 * `timeoutMs` is 15,000 when not given.
 */
export async function takeOverTabLock(
  name: string,
  options: TabLockOptions & { readonly timeoutMs?: number },
): Promise<TabLock | null> {
  const channel = openChannel(name);
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 15_000);
  try {
    const lock = request(name, options, { signal: deadline });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    channel?.postMessage({ kind: "give_up" } satisfies Ask);
    return await lock;
  } finally {
    channel?.close();
  }
}

/** Where there are no Web Locks nobody gets one. */
function request(name: string, options: TabLockOptions, how: LockOptions): Promise<TabLock | null> {
  if (!hasWebLocks()) return Promise.resolve(null);
  const { locks } = globalThis.navigator;
  return new Promise((resolve) => {
    locks
      .request(name, how, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((free) => resolve(hold(name, options, free)));
      })
      // The time limit of a take-over. Once the lock is granted nothing rejects.
      .catch(() => resolve(null));
  });
}

function hold(name: string, options: TabLockOptions, free: () => void): TabLock {
  const channel = openChannel(name);
  let asked = false;
  const release = (): void => {
    channel?.close();
    free();
  };
  channel?.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (asked || !isAsk(event.data)) return;
    if (event.data.kind === "describe") {
      if (options.describe === undefined) return;
      const answer: Answer = { kind: "status", status: options.describe() };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
      channel?.postMessage(answer);
      return;
    }
    asked = true;
    void options.onTakeOver().finally(release);
  });
  return { release };
}

/** Null in a browser that has none: there no tab can be asked, and the other one has to be closed. */
function openChannel(name: string): BroadcastChannel | null {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
}

function isAsk(data: unknown): data is Ask {
  return isRecord(data) && (data["kind"] === "give_up" || data["kind"] === "describe");
}

function isAnswer(data: unknown): data is Answer {
  return isRecord(data) && data["kind"] === "status" && "status" in data;
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null;
}
