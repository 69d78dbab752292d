import type { VerificationRequest } from "matrix-js-sdk/lib/crypto-api";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import type { VerificationHeap } from "./verificationHeap";
import { isOver } from "./verificationLook";
import type { VerificationMemory } from "./verificationMemory";

/** The requests between own devices that the crypto machine knows, each in a new wrapper. */
export function requestsInProgress(
  context: SessionContext,
  heap: VerificationHeap,
): readonly VerificationRequest[] {
  const requests = context.crypto().getVerificationRequestsToDeviceInProgress(context.user.userId);
  for (const request of requests) heap.keep(request);
  return requests;
}

/**
 * Ends what is still open in the crypto machine, such as a request whose sending failed: beside it
 * the next one would be cancelled at once.
 */
export async function cancelLeftovers(
  context: SessionContext,
  heap: VerificationHeap,
): Promise<void> {
  await attempt(async () => {
    const open = requestsInProgress(context, heap).filter((request) => !isOver(request));
    await Promise.all(open.map((request) => attempt(() => request.cancel())));
  });
}

/**
 * Ends the verification that this device was in when its page was reloaded: the crypto machine has
 * forgotten it, the other device has not, and would take the next request for a second one and
 * cancel both.
 */
export async function cancelForgotten(
  context: SessionContext,
  memory: VerificationMemory,
): Promise<void> {
  const transactionId = memory.read();
  if (transactionId === null) return;
  const content = {
    transaction_id: transactionId,
    code: "m.user",
    reason: "The page was reloaded",
  };
  const sent = await context.request(
    "PUT",
    `/sendToDevice/m.key.verification.cancel/${encodeURIComponent(crypto.randomUUID())}`,
    { body: { messages: { [context.user.userId]: { "*": content } } } },
  );
  // Not while another has begun meanwhile: that one is remembered now.
  if (sent.ok && memory.read() === transactionId) memory.write(null);
}
