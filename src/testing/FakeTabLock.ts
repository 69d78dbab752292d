import type { TabLock, TabLockOptions } from "@/lib/tabLock";
import type { TabLockPort } from "@/state/sessionController";

/** The tab lock as one tab sees it. */
export class FakeTabLock implements TabLockPort {
  /** Another tab holds it: cannot be acquired, only taken over. */
  heldElsewhere = false;
  /** The other tab does not answer. */
  frozenElsewhere = false;
  #holder: TabLockOptions | null = null;

  get heldHere(): boolean {
    return this.#holder !== null;
  }

  async acquire(options: TabLockOptions): Promise<TabLock | null> {
    return this.heldElsewhere ? null : this.#give(options);
  }

  async takeOver(options: TabLockOptions): Promise<TabLock | null> {
    if (this.frozenElsewhere) return null;
    this.heldElsewhere = false;
    return this.#give(options);
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
