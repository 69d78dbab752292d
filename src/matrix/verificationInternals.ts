import type { CryptoApi, VerificationRequest } from "matrix-js-sdk/lib/crypto-api";

/**
 * What matrix-js-sdk 43 keeps to itself and this needs. Each looks before it touches anything, so
 * an SDK update that has moved something changes an answer, and tests notice; nothing breaks.
 */

const SHOW_AND_COMPARE = ["m.sas.v1", "m.qr_code.show.v1", "m.reciprocate.v1"];

/** Which methods the next request, or the next answer to one, offers to the other side. */
export function offerMethods(crypto: CryptoApi, canScan: boolean): void {
  const holder: object = crypto;
  if (!("setSupportedVerificationMethods" in holder)) return;
  const set: unknown = holder.setSupportedVerificationMethods;
  if (typeof set !== "function") return;
  const methods = canScan ? [...SHOW_AND_COMPARE, "m.qr_code.scan.v1"] : SHOW_AND_COMPARE;
  set.call(crypto, methods);
}

/** Sends now what the crypto machine has to send, instead of after the next sync. */
export async function sendOutgoing(crypto: CryptoApi): Promise<void> {
  const holder: object = crypto;
  const manager: unknown =
    "outgoingRequestsManager" in holder ? holder.outgoingRequestsManager : undefined;
  if (typeof manager !== "object" || manager === null) return;
  if (!("doProcessOutgoingRequests" in manager)) return;
  if (typeof manager.doProcessOutgoingRequests !== "function") return;
  await manager.doProcessOutgoingRequests();
}

/**
 * Whether this side sent the cancellation. The SDK's cancellingUserId cannot tell: both sides are
 * the same user here. Null when it is not known.
 */
export function cancelledByUs(request: VerificationRequest): boolean | null {
  const inner = innerOf(request);
  if (inner === null || !("cancelInfo" in inner)) return null;
  const info: unknown = inner.cancelInfo;
  if (typeof info !== "object" || info === null || !("cancelledbyUs" in info)) return null;
  if (typeof info.cancelledbyUs !== "function") return null;
  const answer: unknown = info.cancelledbyUs();
  return typeof answer === "boolean" ? answer : null;
}

function innerOf(holder: object): object | null {
  const inner: unknown = "inner" in holder ? holder.inner : null;
  return typeof inner === "object" ? inner : null;
}
