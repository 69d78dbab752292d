import { lastValue } from "@/domain/reading";
import type { CarryOverState } from "@/domain/session";
import type { KeyBackupOverview } from "@/state/hooks";

/** What signing out would lose, as far as it is known. */
export type SignOutRisk =
  /** Keys of a device that the server ended may not be on this one yet; the counts are not of them. */
  | { readonly kind: "not_carried_over" }
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
  carryOver: CarryOverState,
): SignOutRisk {
  if (carryOver !== "none") return { kind: "not_carried_over" };
  const { pendingKeys, roomKeys, secretStorage } = overview;
  if (roomKeys.status === "known" && roomKeys.value.total === 0) return { kind: "no_keys" };
  if (pendingKeys === null) return { kind: "unknown" };
  if (pendingKeys > 0) return { kind: "pending", count: pendingKeys };
  const recovery = lastValue(secretStorage);
  if (recovery === undefined) return { kind: "unknown" };
  return { kind: recovery.backupKeyStored ? "none" : "no_recovery" };
}
