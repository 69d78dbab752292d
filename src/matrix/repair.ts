import type { AppError } from "@/domain/errors";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { listFaults, type RepairFault, type RepairPort } from "@/domain/repair";
import { ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { confirmNothingElse } from "./unfinishedChange";
import { readRepairFacts } from "./repairFacts";
import { runRepair } from "./repairRun";
import { readDefaultKey, type StorageKey } from "./secretStorage";
import { proveKey } from "./secretStorageUnlock";
import type { SessionContext } from "./sessionContext";

/**
 * Finds what is wrong with how the keys are kept and mends one thing at a time. Nothing here makes a
 * new identity or a new backup version, and nothing is deleted.
 */
export function createRepair(context: SessionContext): RepairPort {
  return {
    diagnose: (key) => diagnose(context, key),
    run: (kind, key) => {
      // The caller may wipe its key when nobody looks at the repair any more.
      const copy = key === null ? null : { text: key.text, bytes: key.bytes.slice() };
      return context.takeTurn(async () => {
        try {
          // What a half-done change has left looks like a fault, and is its own to end.
          const free = await confirmNothingElse(context, null);
          return free.ok ? await runRepair(context, kind, copy) : free;
        } finally {
          wipe(copy?.bytes ?? null);
        }
      });
    },
  };
}

async function diagnose(
  context: SessionContext,
  key: RecoveryKey | null,
): Promise<Result<readonly RepairFault[], AppError>> {
  const opened = await openWith(context, key);
  if (!opened.ok) return opened;
  const facts = await readRepairFacts(context, opened.value);
  return facts.ok ? ok(listFaults(facts.value)) : facts;
}

/** The default key, proven; null where no key was given or there is nothing it could open. */
async function openWith(
  context: SessionContext,
  key: RecoveryKey | null,
): Promise<Result<StorageKey | null, AppError>> {
  if (key === null) return ok(null);
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  return defaultKey.value.kind === "present"
    ? proveKey(context, defaultKey.value, key.bytes)
    : ok(null);
}
