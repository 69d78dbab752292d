import type { TabLock, TabLockNews, TabLockOptions } from "@/lib/tabLock";
import type { TabLockPort } from "@/state/sessionDeps";

/** The tab lock as one tab sees it. */
export class FakeTabLock implements TabLockPort {
  /** The browser has no locks when false. */
  exists = true;
  /** Another tab holds it: cannot be acquired, only taken over. */
  heldElsewhere = false;
  /** The other tab does not answer. */
  frozenElsewhere = false;
  readonly #watchers = new Set<(news: TabLockNews) => void>();
  #holder: TabLockOptions | null = null;

  get heldHere(): boolean {
    return this.#holder !== null;
  }

  async acquire(options: TabLockOptions): Promise<TabLock | null> {
    return this.heldElsewhere || !this.exists ? null : this.#give(options);
  }

  async takeOver(options: TabLockOptions): Promise<TabLock | null> {
    if (this.frozenElsewhere) return null;
    this.heldElsewhere = false;
    return this.#give(options);
  }

  watch(listener: (news: TabLockNews) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** The other tab says what goes on there, or that it is no more. */
  tell(news: TabLockNews): void {
    for (const listener of this.#watchers) listener(news);
  }

  /** What this tab says of itself. */
  describeHere(): unknown {
    return this.#holder?.describe?.();
  }

  /** Another tab asks for it; resolves when it has it. */
  async giveToAnotherTab(): Promise<void> {
    await this.#holder?.onTakeOver();
    this.#holder = null;
    this.heldElsewhere = true;
  }

  #give(options: TabLockOptions): TabLock {
    this.#holder = options;
    return {
      release: () => {
        this.#holder = null;
      },
    };
  }
}
