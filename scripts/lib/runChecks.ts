import type { Check } from "./checkList.mjs";
import type { CheckResult } from "./runCheck.ts";

/** Runs one check; what it prints is streamed, or goes to `hold` as a whole. */
export type Runner = (check: Check, hold?: (output: string) => void) => Promise<CheckResult>;

/**
 * Runs the checks in their order, in two rows: those marked "beside" go on next to the others, and
 * what they print waits until the others are done, so that no two outputs mix. Those marked
 * "alone" follow when both rows have ended. A failure does not stop the rest: one run shows all
 * there is to mend.
 * @param print takes what was held back
 * @returns the results in the order of `checks`; those that never began, after an abort, are left out
 */
export async function runChecks(
  checks: readonly Check[],
  run: Runner,
  signal: AbortSignal,
  print: (text: string) => void,
): Promise<readonly CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  const inTurn = async (when: Check["when"], hold?: (output: string) => void) => {
    for (const check of checks.filter((each) => each.when === when)) {
      if (signal.aborted) return;
      results.set(check, await run(check, hold));
    }
  };
  const held: string[] = [];
  await Promise.all([inTurn(undefined), inTurn("beside", (output) => held.push(output))]);
  for (const output of held) print(output);
  await inTurn("alone");
  return checks.flatMap((check) => results.get(check) ?? []);
}
