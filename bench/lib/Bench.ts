import { ensureBackup } from "../data/ensureBackup.ts";
import { openBrowser, type BenchBrowser } from "../browser/openPage.ts";
import { startSyntheticBackend, type Backend } from "./backend.ts";
import { measureRun } from "./measureRun.ts";
import { describePlan, usualPlan, type RunPlan, type RunRecord } from "./plan.ts";

export interface BenchOptions {
  readonly cache: string;
  readonly pageUrl: string;
  readonly chromiumPath: string;
  readonly rounds: number;
  readonly sizes: BenchSizes;
  readonly say: (text: string) => void;
}

/** How many keys the backups have that the figures speak of. */
export interface BenchSizes {
  readonly small: number;
  readonly large: number;
  readonly huge: number;
}

/** Runs what figures ask for, keeps every record, and ends what it started. */
export class Bench {
  readonly options: BenchOptions;
  readonly records: RunRecord[] = [];
  readonly #backends = new Map<number, Promise<Backend>>();
  /** From before they are open: one that is being opened must be closed too. */
  readonly #browsers = new Set<Promise<BenchBrowser>>();
  #isClosed = false;
  #chromiumVersion = "";

  constructor(options: BenchOptions) {
    this.options = options;
  }

  /** Known after the first browser. */
  get chromiumVersion(): string {
    return this.#chromiumVersion;
  }

  say(text: string): void {
    this.options.say(text);
  }

  /** The server with the generated backup of so many keys. */
  backend(count: number): Promise<Backend> {
    const { cache, say } = this.options;
    const known = this.#backends.get(count);
    if (known !== undefined) return known;
    const starting = ensureBackup(cache, count, say).then(startSyntheticBackend);
    this.#backends.set(count, starting);
    return starting;
  }

  /** Lends a browser with an empty profile. */
  async withBrowser<T>(work: (browser: BenchBrowser) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error("the benchmark was ended");
    const opening = openBrowser(this.options);
    this.#browsers.add(opening);
    const browser = await opening;
    this.#chromiumVersion = browser.version;
    try {
      return await work(browser);
    } finally {
      this.#browsers.delete(opening);
      await browser.close();
    }
  }

  /**
   * The records of the plans, each run as often as told, the plans in turn: a machine that slows
   * down slows all of them. What was run already is not run again.
   */
  async runs(plans: readonly RunPlan[], rounds = this.options.rounds): Promise<RunRecord[][]> {
    for (let round = 1; round <= rounds; round++) {
      for (const plan of plans) {
        if (this.#recordsOf(plan).length >= round) continue;
        await this.#run(plan, round, rounds);
      }
    }
    return plans.map((plan) => this.#recordsOf(plan).slice(0, rounds));
  }

  /** Ended: what fails now fails because of it. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends browsers and servers, and lets no more be started. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closing = [
      ...[...this.#browsers].map(async (browser) => (await browser).close()),
      ...[...this.#backends.values()].map(async (backend) => (await backend).close()),
    ];
    await Promise.allSettled(closing);
  }

  #recordsOf(plan: RunPlan): RunRecord[] {
    const key = JSON.stringify(plan);
    return this.records.filter((record) => JSON.stringify(record.plan) === key);
  }

  async #run(plan: RunPlan, round: number, rounds: number): Promise<void> {
    const backend = await this.backend(plan.count);
    const isUsual = JSON.stringify(plan) === JSON.stringify(usualPlan("ours", plan.count));
    // Where a figure asks for it; the largest backup takes long enough once.
    const again = isUsual && plan.count <= this.options.sizes.large;
    const record = await this.withBrowser((browser) =>
      measureRun(browser, backend, plan, { again }),
    );
    this.records.push(record);
    const seconds = (record.run.ms / 1_000).toFixed(2);
    this.say(`  ${describePlan(plan)}: ${seconds} s (round ${round} of ${rounds})`);
  }
}
