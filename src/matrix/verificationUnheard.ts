import type { Unsubscribe } from "@/domain/ports";
import { ClientEvent, type ReceivedToDeviceMessage } from "matrix-js-sdk";
import type { VerificationRequest } from "matrix-js-sdk/lib/crypto-api";
import { refreshOwnKeys } from "./crossSigning";
import { isObject } from "./errorOfAnswer";
import { loadCryptoWasm, olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import type { VerificationHeap } from "./verificationHeap";
import { requestsInProgress } from "./verificationLeftovers";

/**
 * Takes up requests that the crypto machine has dropped. It drops those of devices it has not heard
 * of, and a device that signed in while this page was closed is first heard of in the very answer
 * that brings its request. So its keys are queried, and the request is given to the machine again.
 */
export function listenForUnheard(
  context: SessionContext,
  heap: VerificationHeap,
  onRequest: (request: VerificationRequest) => void,
): Unsubscribe {
  const { client, user } = context;
  const seen = new Set<string>();
  const cancelled = new Set<string>();

  function find(transactionId: string): VerificationRequest | undefined {
    return requestsInProgress(context, heap).find(
      (request) => request.transactionId === transactionId,
    );
  }

  function hear({ message }: ReceivedToDeviceMessage): void {
    if (message.sender !== user.userId || !isObject(message.content)) return;
    const { transaction_id: transactionId, from_device: from } = message.content;
    if (typeof transactionId !== "string") return;
    if (message.type === "m.key.verification.cancel") cancelled.add(transactionId);
    if (message.type !== "m.key.verification.request" || from === user.deviceId) return;
    if (seen.has(transactionId)) return;
    seen.add(transactionId);
    void attempt(() => takeUp(transactionId, message));
  }

  async function takeUp(transactionId: string, message: object): Promise<void> {
    if (find(transactionId) !== undefined) return;
    await refreshOwnKeys(context);
    // The SDK's own query may have been faster, or the other device may have given up.
    if (cancelled.has(transactionId) || find(transactionId) !== undefined) return;
    await giveAgain(message);
    const request = find(transactionId);
    if (request !== undefined) onRequest(request);
  }

  async function giveAgain(message: object): Promise<void> {
    const { DeviceLists } = await loadCryptoWasm();
    const machine = await olmMachineOf(context);
    await withFreed(new DeviceLists(), async (nothing) => {
      // The variant for parts of a sync: it takes no key count as "unchanged", not as "none left".
      await machine.receiveSyncChangesMsc4186(JSON.stringify([message]), nothing, new Map());
    });
  }

  client.on(ClientEvent.ReceivedToDeviceMessage, hear);
  return () => {
    client.off(ClientEvent.ReceivedToDeviceMessage, hear);
  };
}
