import { describe, expect, it } from "vitest";
import type { VerificationFlow } from "./verification";
import { deriveVerificationState, endingOf, type VerificationSnapshot } from "./verificationState";

const flow: VerificationFlow = { id: "flow", startedHere: true, role: "newcomer", other: null };
const theirs: VerificationFlow = { ...flow, startedHere: false };
const all = { emoji: true, showCode: true, scanCode: true };
const none = { emoji: false, showCode: false, scanCode: false };
const sas = { kind: "numbers", numbers: [1, 2, 3] } as const;

function look(changes: Partial<VerificationSnapshot>): VerificationSnapshot {
  return {
    phase: "requested",
    methods: all,
    sas: null,
    scannedThere: false,
    confirmedHere: false,
    cancellation: null,
    cancelledHere: false,
    ...changes,
  };
}

describe("deriveVerificationState", () => {
  it.each<[string, VerificationFlow, Partial<VerificationSnapshot>, string]>([
    ["we asked", flow, {}, "requested"],
    ["they asked", theirs, {}, "incoming"],
    ["ready", flow, { phase: "ready" }, "choosing"],
    [
      "ready, one method",
      flow,
      { phase: "ready", methods: { ...none, scanCode: true } },
      "choosing",
    ],
    ["ready, no method", flow, { phase: "ready", methods: none }, "ended"],
    ["started, nothing yet", flow, { phase: "started" }, "preparing"],
    ["emoji are there", flow, { phase: "started", sas }, "comparing"],
    ["emoji confirmed", flow, { phase: "started", sas, confirmedHere: true }, "confirmed"],
    ["scanned there", flow, { phase: "started", scannedThere: true }, "scanned_there"],
    [
      "scanned there, said yes",
      flow,
      { phase: "started", scannedThere: true, confirmedHere: true },
      "confirmed",
    ],
    ["scanned here", flow, { phase: "started", confirmedHere: true }, "confirmed"],
    ["done", flow, { phase: "done", sas, confirmedHere: true }, "verified"],
    ["cancelled", flow, { phase: "cancelled", sas }, "ended"],
  ])("%s", (_, of, snapshot, kind) => {
    expect(deriveVerificationState(of, look(snapshot)).kind).toBe(kind);
  });

  it("ends as unsupported when the two share no method", () => {
    expect(deriveVerificationState(flow, look({ phase: "ready", methods: none }))).toEqual({
      kind: "ended",
      flow,
      ending: { reason: "unsupported" },
    });
  });
});

describe("endingOf", () => {
  const by = (code: string | null, byUs: boolean, cancelledHere = false) =>
    endingOf({ cancellation: { code, byUs }, cancelledHere });

  it.each([
    ["m.user", true, true, "cancelled_here"],
    ["m.user", false, true, "cancelled_here"],
    ["m.user", true, false, "crossed"],
    ["m.user", false, false, "cancelled_there"],
    ["m.timeout", true, false, "timed_out"],
    ["m.timeout", false, false, "timed_out"],
    ["m.accepted", false, false, "accepted_elsewhere"],
    ["m.unknown_method", false, false, "unsupported"],
    ["m.mismatched_sas", true, false, "mismatch"],
    ["m.mismatched_sas", false, false, "mismatch"],
    ["m.mismatched_commitment", false, false, "mismatch"],
    ["m.key_mismatch", false, false, "mismatch"],
    ["m.user_mismatch", false, false, "mismatch"],
    ["m.unexpected_message", false, false, "failed"],
    ["org.example.anything", false, false, "failed"],
  ])("%s, by us %s, pressed here %s: %s", (code, byUs, cancelledHere, reason) => {
    expect(by(code, byUs, cancelledHere)).toMatchObject({ reason });
  });

  it("never calls a mismatch a plain cancellation, also when it was cancelled here after it", () => {
    expect(by("m.mismatched_sas", true, true)).toEqual({ reason: "mismatch" });
  });

  it("keeps an unknown code for the report", () => {
    expect(by("m.invalid_message", false)).toEqual({
      reason: "failed",
      code: "m.invalid_message",
      error: null,
    });
  });

  it("takes a cancellation without a reason as the other side's, unless the person pressed cancel", () => {
    expect(endingOf({ cancellation: null, cancelledHere: false })).toEqual({
      reason: "cancelled_there",
    });
    expect(endingOf({ cancellation: null, cancelledHere: true })).toEqual({
      reason: "cancelled_here",
    });
  });
});
