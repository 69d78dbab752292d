import type { AppError } from "@/domain/errors";
import type { SetUpPort, SetUpProof } from "@/domain/ports";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import type { Result } from "@/domain/result";
import { randomBytes, sameBytes, wipe } from "@/lib/bytes";
import type { SessionContext } from "./sessionContext";
import { planSetUp } from "./setUpPlan";
import { runSetUp } from "./setUpRun";
import type { SetUpMemory } from "./setUpSecretStorage";

/** A run that has not ended, with its own copy of the key's bytes. */
interface Run {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly outcome: Promise<Result<SetUpProof, AppError>>;
}

/**
 * Sets up identity, secret storage and backup. The SDK's bootstrapSecretStorage() with a new
 * backup and resetKeyBackup() are not used: they delete every backup version before they make one,
 * and store the new secret last, so that a failure in between loses keys or leaves a recovery key
 * that opens nothing.
 */
export function createSetUp(context: SessionContext): SetUpPort {
  const memory: SetUpMemory = { unfinishedKeyId: null };
  let last: Run | null = null;

  async function afterRuns(): Promise<void> {
    const run = last;
    if (run === null) return;
    await run.outcome.catch(() => undefined);
    // One may have been begun meanwhile.
    await afterRuns();
  }

  function begin(key: RecoveryKey, options: Parameters<SetUpPort["run"]>[1]): Run {
    const before = last;
    // The caller may wipe its key when nobody looks at the run any more; the run goes on.
    const bytes = key.bytes.slice();
    async function takeTurn(): Promise<Result<SetUpProof, AppError>> {
      await before?.outcome.catch(() => undefined);
      try {
        return await context.takeTurn(() => runSetUp(context, bytes, options, memory));
      } finally {
        wipe(bytes);
        if (last === run) last = null;
      }
    }
    const run: Run = { bytes, outcome: Promise.resolve().then(takeTurn) };
    return run;
  }

  return {
    // What a run makes decides whether a new key is needed: none is offered before it has ended.
    async plan() {
      await afterRuns();
      return planSetUp(context);
    },
    generateRecoveryKey() {
      const bytes = randomBytes(32);
      return { bytes, text: encodeRecoveryKey(bytes) };
    },
    run(key, options) {
      // A second press is the same set-up. Another key waits, then finds what the first has made:
      // the answer to one key must never be given for another.
      if (last === null || !sameBytes(last.bytes, key.bytes)) last = begin(key, options);
      return last.outcome;
    },
  };
}
