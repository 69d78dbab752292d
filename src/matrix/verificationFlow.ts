import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type {
  OwnDevice,
  VerificationEnding,
  VerificationFlow,
  VerificationState,
} from "@/domain/verification";
import { deriveVerificationState } from "@/domain/verificationState";
import {
  VerificationPhase,
  VerificationRequestEvent,
  type VerificationRequest,
  type Verifier,
} from "matrix-js-sdk/lib/crypto-api";
import { attempt, toAppError } from "./toAppError";
import { isOver, lookAt } from "./verificationLook";

const NOT_UNDER_WAY: AppError = { kind: "verification", reason: "not_under_way" };

/** One verification from the request to its end. */
export interface FollowedVerification {
  readonly transactionId: string | null;
  readonly state: () => VerificationState;
  /** Takes it with a new wrapper of the same request, which carries what is offered now. */
  readonly accept: (
    request: VerificationRequest,
    canScan: boolean,
  ) => Promise<Result<void, AppError>>;
  readonly cancel: () => Promise<void>;
  readonly startEmoji: () => Promise<Result<void, AppError>>;
  readonly readCode: () => Promise<Result<Uint8Array | null, AppError>>;
  readonly scan: (code: Uint8Array) => Promise<Result<void, AppError>>;
  readonly confirm: () => Promise<Result<void, AppError>>;
  readonly reject: () => Promise<void>;
  /** The other device was looked up. */
  readonly setOther: (device: OwnDevice) => void;
  /** Hears nothing any more. Safe to call twice. */
  readonly stop: () => void;
}

/**
 * Follows one request of the SDK. `onChange` is called after every change; `canScan` as in the port.
 * An end that is decided here (a step failed, the time is over) stays, whatever the SDK says later,
 * and after any end nothing acts any more: `not_under_way`.
 */
export function followVerification(options: {
  readonly request: VerificationRequest;
  readonly flow: VerificationFlow;
  readonly canScan: boolean;
  readonly onChange: () => void;
}): FollowedVerification {
  // Held here: the SDK itself holds its requests and verifiers only weakly.
  let request = options.request;
  let { flow, canScan } = { flow: options.flow, canScan: options.canScan };
  let decided: VerificationEnding | null = null;
  let done = false;
  let confirmedHere = false;
  let cancelledHere = false;
  /** The state at the stop; from then on the request's objects may be freed and are not touched. */
  let final: VerificationState | null = null;
  let code: Promise<Result<Uint8Array | null, AppError>> | null = null;
  const verifiers = new Set<Verifier>();

  const timer = setTimeout(() => end({ reason: "timed_out" }), request.timeout ?? 0);

  function onChange(): void {
    if (final === null) options.onChange();
  }

  function state(): VerificationState {
    if (final !== null) return final;
    if (decided !== null) return { kind: "ended", flow, ending: decided };
    if (done) return { kind: "verified", flow };
    return deriveVerificationState(
      flow,
      lookAt(request, { canScan, confirmedHere, cancelledHere }),
    );
  }

  function isEnded(): boolean {
    return final !== null || decided !== null || done || isOver(request);
  }

  function decide(ending: VerificationEnding): void {
    // A mismatch that the SDK reports is graver than the step that failed because of it.
    if (isEnded()) return;
    decided = ending;
    onChange();
  }

  /** Decides it here; the other side has to hear of it. */
  function end(ending: VerificationEnding): void {
    if (isEnded()) return;
    decide(ending);
    void withdraw();
  }

  const failed = (error: AppError): void => end({ reason: "failed", code: null, error });

  /** Tells the other side that it is over, as well as that can be done. */
  async function withdraw(): Promise<void> {
    if (final === null) await attempt(() => request.cancel());
  }

  // An exception in here would surface in whatever call of the SDK led to the change.
  function changed(): void {
    // Late news of what has ended here.
    if (final !== null || decided !== null) return;
    try {
      const { verifier } = request;
      if (verifier !== undefined) drive(verifier);
      const reached = state();
      // By what this side sees.
      if (reached.kind === "ended") end(reached.ending);
      onChange();
    } catch (error) {
      failed(toAppError(error));
    }
  }

  /** Both sides have to do this, also the one that was asked; it resolves at the very end. */
  function drive(verifier: Verifier): void {
    if (verifiers.has(verifier)) return;
    verifiers.add(verifier);
    verifier.verify().then(
      () => {
        if (final !== null || decided !== null) return;
        done = true;
        onChange();
      },
      // A cancellation rejects as well; that one the request knows, with its reason.
      (error: unknown) => (isEnded() ? onChange() : failed(toAppError(error))),
    );
  }

  function listen(to: VerificationRequest): void {
    request.off(VerificationRequestEvent.Change, changed);
    request = to;
    request.on(VerificationRequestEvent.Change, changed);
  }

  async function makeCode(): Promise<Uint8Array | null> {
    if (request.phase !== VerificationPhase.Ready) return null;
    const bytes = await request.generateQRCode();
    return bytes === undefined ? null : Uint8Array.from(bytes);
  }

  /** A step that must work: without it the other side would wait for nothing. */
  async function step(action: () => Promise<void>): Promise<Result<void, AppError>> {
    const result = await attempt(action);
    if (!result.ok) failed(result.error);
    onChange();
    return result;
  }

  listen(request);
  changed();

  return {
    transactionId: request.transactionId ?? null,
    state,
    async accept(fresh, scans) {
      if (isEnded()) return fail(NOT_UNDER_WAY);
      listen(fresh);
      canScan = scans;
      return step(() => request.accept());
    },
    async cancel() {
      if (isEnded()) return;
      cancelledHere = true;
      await withdraw();
      decide({ reason: "cancelled_here" });
      onChange();
    },
    async startEmoji() {
      if (isEnded() || request.phase !== VerificationPhase.Ready) return fail(NOT_UNDER_WAY);
      return step(async () => {
        await request.startVerification("m.sas.v1");
        changed();
      });
    },
    // A second code of the same verification would make the crypto machine cancel both.
    readCode: async () => (isEnded() ? ok(null) : (code ??= attempt(makeCode))),
    async scan(bytes) {
      if (isEnded() || request.phase !== VerificationPhase.Ready) return fail(NOT_UNDER_WAY);
      const scanned = await attempt(() => request.scanQRCode(Uint8ClampedArray.from(bytes)));
      if (isEnded()) return fail(NOT_UNDER_WAY);
      if (!scanned.ok) return refuseCode(scanned.error);
      confirmedHere = true;
      changed();
      return ok(undefined);
    },
    async confirm() {
      if (isEnded()) return fail(NOT_UNDER_WAY);
      const { verifier } = request;
      const sas = verifier?.getShowSasCallbacks() ?? null;
      const scanned = verifier?.getReciprocateQrCodeCallbacks() ?? null;
      if (sas === null && scanned === null) return fail(NOT_UNDER_WAY);
      confirmedHere = true;
      onChange();
      return step(async () => {
        await sas?.confirm();
        scanned?.confirm();
      });
    },
    async reject() {
      if (isEnded()) return;
      const { verifier } = request;
      const sas = verifier?.getShowSasCallbacks() ?? null;
      if (sas !== null) sas.mismatch();
      else {
        // A code was scanned by something that is not the device before the person.
        verifier?.getReciprocateQrCodeCallbacks()?.cancel();
        decided ??= { reason: "mismatch" };
      }
      onChange();
    },
    setOther(device) {
      if (isEnded()) return;
      flow = { ...flow, other: device };
      onChange();
    },
    stop() {
      final ??= state();
      clearTimeout(timer);
      request.off(VerificationRequestEvent.Change, changed);
    },
  };

  /**
   * The words are those of the crypto module. A code of another verification, or no such code at
   * all, changes nothing and may be followed by the right one; one with other keys in it does.
   */
  function refuseCode(error: AppError): Result<void, AppError> {
    const words = error.kind === "unexpected" ? error.detail : "";
    if (/keys that are being verified didn't match/.test(words)) {
      end({ reason: "mismatch" });
      return fail(error);
    }
    if (error.kind !== "unexpected") failed(error);
    return fail(
      error.kind === "unexpected" ? { kind: "verification", reason: "wrong_code" } : error,
    );
  }
}
