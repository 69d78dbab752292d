import type { AppError } from "@/domain/errors";
import type { SetUpPlan, SetUpPort, SetUpProof } from "@/domain/ports";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { ok, type Result } from "@/domain/result";
import { backupVersion } from "./facts";

export const proof: SetUpProof = {
  version: backupVersion("7"),
  keyId: "defaultKeyId",
  signedByDevice: true,
  signedByIdentity: true,
};

export function keyOf(seed: number): RecoveryKey {
  const bytes = new Uint8Array(32).map((_, index) => (index * 7 + seed) % 256);
  return { bytes, text: encodeRecoveryKey(bytes) };
}

export type Run = SetUpPort["run"];

/** A set-up that records the keys it was run with; `runs` are its answers, the last one repeats. */
export function fakeSetUp(
  plan: Result<SetUpPlan, AppError>,
  runs: Run[] = [async () => ok(proof)],
) {
  const ranWith: string[] = [];
  let generated = 0;
  const setUp: SetUpPort = {
    plan: async () => plan,
    generateRecoveryKey: () => keyOf(++generated),
    async run(key, options) {
      ranWith.push(key.text);
      const answer = runs[Math.min(ranWith.length, runs.length) - 1];
      if (answer === undefined) throw new Error("no answer is left");
      return answer(key, options);
    },
  };
  return { setUp, ranWith, generated: () => generated };
}

export const newKey = ok({ kind: "new_recovery_key" } as const);
export const existingKey = ok({ kind: "existing_recovery_key" } as const);
