import type {
  ShortAuthString,
  VerificationEnding,
  VerificationFlow,
  VerificationMethods,
  VerificationState,
} from "./verification";

/** One look at a verification request, in plain words. */
export interface VerificationSnapshot {
  readonly phase: "requested" | "ready" | "started" | "done" | "cancelled";
  readonly methods: VerificationMethods;
  /** What to compare, once the keys are exchanged. */
  readonly sas: ShortAuthString | null;
  /** The other device has scanned our code and waits for our yes. */
  readonly scannedThere: boolean;
  /** The person has confirmed here, or this device has scanned. */
  readonly confirmedHere: boolean;
  /** Why it was cancelled: the code of the spec, and by whom. */
  readonly cancellation: { readonly code: string | null; readonly byUs: boolean } | null;
  /** The person cancelled here. */
  readonly cancelledHere: boolean;
}

/** The state a person sees, from one look at the request. */
export function deriveVerificationState(
  flow: VerificationFlow,
  snapshot: VerificationSnapshot,
): VerificationState {
  switch (snapshot.phase) {
    case "requested":
      return flow.startedHere ? { kind: "requested", flow } : { kind: "incoming", flow };
    case "ready":
      return hasMethod(snapshot.methods)
        ? { kind: "choosing", flow, methods: snapshot.methods }
        : { kind: "ended", flow, ending: { reason: "unsupported" } };
    case "started":
      if (snapshot.confirmedHere) return { kind: "confirmed", flow };
      if (snapshot.sas !== null) return { kind: "comparing", flow, sas: snapshot.sas };
      return snapshot.scannedThere ? { kind: "scanned_there", flow } : { kind: "preparing", flow };
    case "done":
      return { kind: "verified", flow };
    case "cancelled":
      return { kind: "ended", flow, ending: endingOf(snapshot) };
  }
}

/** Codes by which a side says that what it saw is not what it should be: take no risk. */
const MISMATCHES: ReadonlySet<string> = new Set([
  "m.mismatched_sas",
  "m.mismatched_commitment",
  "m.key_mismatch",
  "m.user_mismatch",
]);

/** Why it ended, from the spec's cancellation codes (Client-Server API, `m.key.verification.cancel`). */
export function endingOf({
  cancellation,
  cancelledHere,
}: Pick<VerificationSnapshot, "cancellation" | "cancelledHere">): VerificationEnding {
  const code = cancellation?.code ?? null;
  if (code !== null && MISMATCHES.has(code)) return { reason: "mismatch" };
  switch (code) {
    case "m.timeout":
      return { reason: "timed_out" };
    case "m.accepted":
      return { reason: "accepted_elsewhere" };
    case "m.unknown_method":
      return { reason: "unsupported" };
    case "m.user":
    case null:
      if (cancelledHere) return { reason: "cancelled_here" };
      // Nobody pressed anything here: the protocol ended it, because of a second request.
      return { reason: cancellation?.byUs === true ? "crossed" : "cancelled_there" };
    default:
      return { reason: "failed", code, error: null };
  }
}

function hasMethod({ emoji, showCode, scanCode }: VerificationMethods): boolean {
  return emoji || showCode || scanCode;
}
