import type { AppError } from "@/domain/errors";
import type { RepairFault, RepairOutcome, RepairPort } from "@/domain/repair";
import { ok, type Result } from "@/domain/result";

/** A repair that finds and mends what the test says. */
export class FakeRepair implements RepairPort {
  found: Result<readonly RepairFault[], AppError> = ok([]);
  outcome: Result<RepairOutcome, AppError> = ok({
    fixed: true,
    why: null,
    remaining: [],
  });
  /** What was done, in order; a key is noted by its text's first letters. */
  readonly log: string[] = [];
  #gate: Promise<void> = Promise.resolve();

  /** Holds every answer back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async diagnose(key: Parameters<RepairPort["diagnose"]>[0]): Promise<typeof this.found> {
    this.log.push(key === null ? "diagnose" : `diagnose ${key.text.slice(0, 4)}`);
    await this.#gate;
    return this.found;
  }

  async run(...[kind, key]: Parameters<RepairPort["run"]>): Promise<typeof this.outcome> {
    this.log.push(`run ${kind}${key === null ? "" : ` ${key.text.slice(0, 4)}`}`);
    await this.#gate;
    return this.outcome;
  }
}
