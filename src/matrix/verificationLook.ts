import type { ShortAuthString, VerificationMethods } from "@/domain/verification";
import type { VerificationSnapshot } from "@/domain/verificationState";
import {
  VerificationPhase,
  type GeneratedSas,
  type VerificationRequest,
} from "matrix-js-sdk/lib/crypto-api";
import { cancelledByUs } from "./verificationInternals";

/** What this side knows and the request does not. */
interface OwnSide {
  readonly canScan: boolean;
  readonly confirmedHere: boolean;
  readonly cancelledHere: boolean;
}

/** Has the request come to an end by itself, one way or the other? */
export function isOver(request: VerificationRequest): boolean {
  return request.phase === VerificationPhase.Cancelled || request.phase === VerificationPhase.Done;
}

/** The request as plain data. */
export function lookAt(request: VerificationRequest, own: OwnSide): VerificationSnapshot {
  const verifier = request.verifier;
  const sas = verifier?.getShowSasCallbacks()?.sas;
  const cancelled = request.phase === VerificationPhase.Cancelled;
  return {
    phase: phaseOf(request.phase),
    methods: methodsOf(request, own.canScan),
    sas: sas === undefined ? null : toShortAuthString(sas),
    scannedThere: (verifier?.getReciprocateQrCodeCallbacks() ?? null) !== null,
    confirmedHere: own.confirmedHere,
    cancelledHere: own.cancelledHere,
    cancellation: cancelled
      ? { code: request.cancellationCode, byUs: cancelledByUs(request) ?? own.cancelledHere }
      : null,
  };
}

function phaseOf(phase: VerificationPhase): VerificationSnapshot["phase"] {
  switch (phase) {
    case VerificationPhase.Unsent:
    case VerificationPhase.Requested:
      return "requested";
    case VerificationPhase.Ready:
      return "ready";
    case VerificationPhase.Started:
      return "started";
    case VerificationPhase.Cancelled:
      return "cancelled";
    case VerificationPhase.Done:
      return "done";
  }
}

/** `request.methods` would say it and throws "not implemented" in matrix-js-sdk 43. */
function methodsOf(request: VerificationRequest, canScan: boolean): VerificationMethods {
  const theyCan = (method: string): boolean => request.otherPartySupportsMethod(method);
  return {
    emoji: theyCan("m.sas.v1"),
    showCode: theyCan("m.qr_code.scan.v1"),
    scanCode: canScan && theyCan("m.qr_code.show.v1"),
  };
}

function toShortAuthString({ emoji, decimal }: GeneratedSas): ShortAuthString | null {
  if (emoji !== undefined) {
    return { kind: "emoji", emoji: emoji.map(([symbol, name]) => ({ symbol, name })) };
  }
  return decimal === undefined ? null : { kind: "numbers", numbers: decimal };
}
