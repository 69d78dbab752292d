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
}

interface Ask {
  readonly kind: "give_up";
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
  const channel = new BroadcastChannel(name);
  const deadline = AbortSignal.timeout(options.timeoutMs ?? 15_000);
  try {
    const lock = request(name, options, { signal: deadline });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    channel.postMessage({ kind: "give_up" } satisfies Ask);
    return await lock;
  } finally {
    channel.close();
  }
}

/**
 * Web Locks exist wherever WebCrypto does, that is in every secure context. Without them nothing
 * can be stored encrypted either, so the lock is granted and the vault says what is wrong.
 */
function request(
  name: string,
  { onTakeOver }: TabLockOptions,
  how: LockOptions,
): Promise<TabLock | null> {
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  if (locks === undefined) return Promise.resolve({ release: () => undefined });
  return new Promise((resolve) => {
    locks
      .request(name, how, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((free) => resolve(hold(name, onTakeOver, free)));
      })
      // The time limit of a take-over. Once the lock is granted nothing rejects.
      .catch(() => resolve(null));
  });
}

function hold(name: string, onTakeOver: () => Promise<void>, free: () => void): TabLock {
  const channel = new BroadcastChannel(name);
  let asked = false;
  const release = (): void => {
    channel.close();
    free();
  };
  channel.addEventListener("message", (event: MessageEvent<unknown>) => {
    if (asked || !isAsk(event.data)) return;
    asked = true;
    void onTakeOver().finally(release);
  });
  return { release };
}

function isAsk(data: unknown): data is Ask {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === "give_up";
}
