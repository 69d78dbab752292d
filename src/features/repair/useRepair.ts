import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { RepairFault, RepairFaultKind, RepairOutcome, RepairPort } from "@/domain/repair";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";
import { useEffect, useRef, useState } from "react";

/** Where the repair is. A key is never in it. */
export type RepairStage =
  | { readonly kind: "looking" }
  | { readonly kind: "unknown"; readonly error: AppError }
  | {
      readonly kind: "found";
      readonly faults: readonly RepairFault[];
      /** What the last repair came to. */
      readonly last: { readonly fault: RepairFaultKind; readonly outcome: RepairOutcome } | null;
      /** Was what stands behind the recovery key looked at, too? */
      readonly deep: boolean;
    };

/** One look, or one repair, at a time; nothing begins by itself but the first look. */
export function useRepair(repair: RepairPort, onRepaired: () => Promise<void>) {
  const [stage, setStage] = useState<RepairStage>({ kind: "looking" });
  const [busy, setBusy] = useState(false);
  const running = useRef(false);

  useEffect(() => {
    let current = true;
    void look(repair).then((found) => {
      if (current) setStage(found);
    });
    return () => {
      current = false;
    };
  }, [repair]);

  async function alone<T>(work: () => Promise<Result<T, AppError>>): Promise<AppError | null> {
    if (running.current) return null;
    running.current = true;
    setBusy(true);
    const result = await withoutThrowing(work);
    running.current = false;
    setBusy(false);
    return result.ok ? null : result.error;
  }

  return {
    stage,
    busy,
    lookAgain: (): void => {
      setStage({ kind: "looking" });
      void look(repair).then(setStage);
    },
    /** Looks behind the recovery key. Resolves to what was wrong with that, or null. */
    lookDeep: (key: RecoveryKey) =>
      alone(async () => {
        const found = await repair.diagnose(key);
        if (found.ok) setStage({ kind: "found", faults: found.value, last: null, deep: true });
        return found;
      }),
    run: (fault: RepairFaultKind, key: RecoveryKey | null) =>
      alone(async () => {
        const outcome = await repair.run(fault, key);
        if (outcome.ok) {
          const { remaining } = outcome.value;
          setStage({
            kind: "found",
            faults: remaining,
            last: { fault, outcome: outcome.value },
            deep: key !== null,
          });
          await onRepaired();
        }
        return outcome;
      }),
  };
}

async function look(repair: RepairPort): Promise<RepairStage> {
  const found = await withoutThrowing(() => repair.diagnose(null));
  return found.ok
    ? { kind: "found", faults: found.value, last: null, deep: false }
    : { kind: "unknown", error: found.error };
}
