import type { DecryptWith, RestoreRun, Side } from "../page/benchApi.ts";
import type { RunUsage } from "../browser/watchUsage.ts";
import type { TaskTimes } from "../browser/traceTasks.ts";

/** One kind of run. Figures that need the same kind share its runs. */
export interface RunPlan {
  readonly side: Side;
  /** Keys in the backup. */
  readonly count: number;
  /** Whether the crypto store is encrypted, as the app's is. */
  readonly encryptedStore: boolean;
  /** Null for what the engine chooses itself. */
  readonly workers: number | null;
  readonly decryptWith: DecryptWith;
  /** Bits per second of the link to the server, or null. */
  readonly link: number | null;
  /** Whether the main thread's tasks are traced. */
  readonly trace: boolean;
}

/** What one run gave. */
export interface RunRecord {
  readonly plan: RunPlan;
  readonly run: RestoreRun;
  readonly usage: RunUsage | null;
  readonly tasks: TaskTimes | null;
  /** The same restore once more, with nothing new; ours only. */
  readonly again: RestoreRun | null;
  /** `performance.measureUserAgentSpecificMemory()` in bytes: signed in, and after the run. */
  readonly heap: { readonly before: number | null; readonly after: number | null };
}

/** The usual run of a side: as the app does it, from a server that is near. */
export function usualPlan(side: Side, count: number): RunPlan {
  return {
    side,
    count,
    encryptedStore: true,
    workers: null,
    decryptWith: "auto",
    link: null,
    trace: false,
  };
}

/** A few words for progress lines. */
export function describePlan(plan: RunPlan): string {
  const words = [
    plan.side === "ours" ? "ours" : "SDK",
    `${plan.count.toLocaleString("en")} keys`,
    plan.encryptedStore ? "" : "plain store",
    plan.workers === null ? "" : `${plan.workers} decrypt workers`,
    plan.decryptWith === "auto" ? "" : `decrypting with ${plan.decryptWith}`,
    plan.link === null ? "" : `${plan.link / 1e6} Mbit/s`,
    plan.trace ? "traced" : "",
  ];
  return words.filter((word) => word !== "").join(", ");
}
