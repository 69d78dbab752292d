import type { AppError } from "@/domain/errors";
import type { UnlockReport } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import type { RepairFaultKind, RepairPort } from "@/domain/repair";
import { useKeptKey } from "@/recovery-key/useKeptKey";
import { withoutThrowing } from "@/state/withoutThrowing";
import { useState } from "react";
import type { SubmitEntry } from "./useKeyEntryForm";

/** What a key that was right mends, though the account does not name it. */
const UNNAMED: readonly RepairFaultKind[] = ["default_key_lost", "default_key_broken"];

export type KeyNaming =
  | { readonly kind: "none" }
  | { readonly kind: "offered" | "working" | "named"; readonly fault: RepairFaultKind }
  /** Null: nothing failed, and it is wrong all the same. */
  | { readonly kind: "failed"; readonly error: AppError | null };

/**
 * Offers to have the account name the recovery key that has just opened everything, so that it is
 * not asked for twice. The key is kept in a ref until that is done, or turns out to be of no use,
 * or the screen goes.
 */
export function useKeyNaming(repair: RepairPort, onNamed: () => Promise<void>) {
  const { key: keyRef, forget } = useKeptKey();
  const [naming, setNaming] = useState<KeyNaming>({ kind: "none" });

  async function keep(entered: RecoveryKey): Promise<void> {
    forget();
    // The form wipes its own.
    keyRef.current = { text: entered.text, bytes: entered.bytes.slice() };
    const found = await withoutThrowing(() => repair.diagnose(null));
    const fault = found.ok ? found.value.find(({ kind }) => UNNAMED.includes(kind)) : undefined;
    if (fault?.remedy !== "recovery_key") forget();
    else if (keyRef.current !== null) setNaming({ kind: "offered", fault: fault.kind });
  }

  return {
    naming,
    /** Unlocks, and keeps the key where it may be of use once more. */
    watch:
      (unlock: SubmitEntry<UnlockReport>): SubmitEntry<UnlockReport> =>
      async (entry, signal) => {
        const result = await unlock(entry, signal);
        if (!result.ok || entry.kind !== "recovery_key" || signal.aborted) return result;
        const { openedBy } = result.value;
        if (openedBy.kind === "storage_key" && !openedBy.isDefault) void keep(entry.key);
        return result;
      },
    name: async (): Promise<void> => {
      const kept = keyRef.current;
      if (naming.kind !== "offered" || kept === null) return;
      const { fault } = naming;
      setNaming({ kind: "working", fault });
      const outcome = await withoutThrowing(() => repair.run(fault, kept));
      forget();
      if (outcome.ok) await onNamed();
      if (outcome.ok && outcome.value.fixed) setNaming({ kind: "named", fault });
      else setNaming({ kind: "failed", error: outcome.ok ? outcome.value.why : outcome.error });
    },
  };
}
