import type { AppError } from "@/domain/errors";
import type { SessionPhase, SignedInUser, SignedOutReason } from "@/domain/session";

/** How a session ends from here when what is stored is removed; null: as the server has it. */
export function reasonToSay(phase: SessionPhase): SignedOutReason | null {
  if (phase.kind === "failed") return phase.leaving ?? null;
  if (phase.kind === "ended") return "by_choice";
  // Its token has expired, so the server cannot be told.
  return phase.kind === "expired" ? "local_only" : null;
}

/** Whether what another page sent back may still be to be exchanged. */
export function isBefore({ kind }: SessionPhase): boolean {
  return kind === "starting" || kind === "locked";
}

export function userOf(phase: SessionPhase): SignedInUser | null {
  return "user" in phase ? phase.user : null;
}

/** IndexedDB is missing, or the browser refuses it, as in some private windows. */
export function isWithoutStorage(error: AppError): boolean {
  return error.kind === "storage" && error.reason === "unavailable";
}

export function unstoredOf(phase: SessionPhase): { readonly memoryOnly?: true } {
  return "memoryOnly" in phase && phase.memoryOnly ? { memoryOnly: true } : {};
}

/** Whether a sign-in from here stores nothing. Where a session is stored it goes on as it is. */
export function isUnstored(phase: SessionPhase, wished: boolean): boolean {
  return unstoredOf(phase).memoryOnly === true || (wished && phase.kind === "signed_out");
}
