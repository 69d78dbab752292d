import { lastValue } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";

/** What signing out would lose, as far as it is known. */
export type SignOutRisk =
  /** There is no key here that could be lost. */
  | { readonly kind: "no_keys" }
  /** All keys are in the backup, and a recovery key opens it. */
  | { readonly kind: "none" }
  /** Keys that are only on this device. */
  | { readonly kind: "pending"; readonly count: number }
  /** All keys are in the backup, but no recovery key opens it. */
  | { readonly kind: "no_recovery" }
  /** Could not be found out; treated as a risk. */
  | { readonly kind: "unknown" };

export function signOutRisk(
  overview: Pick<KeyBackupOverview, "pendingKeys" | "roomKeys" | "secretStorage">,
): SignOutRisk {
  const { pendingKeys, roomKeys, secretStorage } = overview;
  if (roomKeys.status === "known" && roomKeys.value.total === 0) return { kind: "no_keys" };
  if (pendingKeys === null) return { kind: "unknown" };
  if (pendingKeys > 0) return { kind: "pending", count: pendingKeys };
  const recovery = lastValue(secretStorage);
  if (recovery === undefined) return { kind: "unknown" };
  return { kind: recovery.backupKeyStored ? "none" : "no_recovery" };
}
