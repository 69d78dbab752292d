import type { AppError } from "@/domain/errors";
import type { Unsubscribe } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import {
  NO_VERIFICATION,
  type OwnDevice,
  type VerificationFlow,
  type VerificationPort,
  type VerificationState,
} from "@/domain/verification";
import {
  CryptoEvent,
  VerificationPhase,
  type VerificationRequest,
} from "matrix-js-sdk/lib/crypto-api";
import { listOtherDevices } from "./accountDevices";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { followVerification, type FollowedVerification } from "./verificationFlow";
import { createVerificationHeap } from "./verificationHeap";
import { offerMethods } from "./verificationInternals";
import { cancelForgotten, cancelLeftovers, requestsInProgress } from "./verificationLeftovers";
import type { VerificationMemory } from "./verificationMemory";
import { requestMissingKeys } from "./verificationSecrets";
import { listenForUnheard } from "./verificationUnheard";

const NOT_UNDER_WAY: AppError = { kind: "verification", reason: "not_under_way" };

/** The port, and the listening to other devices, which the session begins and ends. */
export interface Verification extends VerificationPort {
  readonly listen: () => Unsubscribe;
}

/**
 * Interactive verification with the account's own devices. Requests of other people are left alone.
 * The protocol knows one verification at a time between two users, and here all are between the
 * same two: a second request makes the crypto machine cancel both, so what is left is ended first.
 */
export function createVerification(
  context: SessionContext,
  memory: VerificationMemory,
): Verification {
  const heap = createVerificationHeap();
  const listeners = new Set<(state: VerificationState) => void>();
  let current: FollowedVerification | null = null;
  let shown: VerificationState = NO_VERIFICATION;
  /** Counts what was begun; an answer to something earlier is dropped. */
  let turn = 0;

  function show(state: VerificationState): void {
    if (JSON.stringify(state) === JSON.stringify(shown)) return;
    shown = state;
    for (const listener of listeners) listener(state);
  }

  function follow(
    request: VerificationRequest,
    facts: Omit<VerificationFlow, "id">,
    canScan: boolean,
  ): void {
    current?.stop();
    const mine = ++turn;
    const flow = { id: request.transactionId ?? "", ...facts };
    const followed = followVerification({
      request,
      flow,
      canScan,
      onChange: () => {
        // The first change comes while this is still being made.
        if (mine === turn) queueMicrotask(() => update(mine));
      },
    });
    current = followed;
    update(mine);
    if (flow.other === null) void lookUpOther(request, followed, mine);
  }

  function update(mine: number): void {
    if (mine !== turn || current === null) return;
    const state = current.state();
    show(state);
    const over = state.kind === "ended" || state.kind === "verified";
    // An unanswered request of another device is nobody's loss; cancelling it would end it for all.
    const mineToEnd = !over && state.kind !== "incoming";
    memory.write(mineToEnd ? current.transactionId : null);
    if (over) current.stop();
  }

  /** Who answered is known only by its id; the rest is asked for beside the verification. */
  async function lookUpOther(
    request: VerificationRequest,
    followed: FollowedVerification,
    mine: number,
  ): Promise<void> {
    await deviceIdOf(request, followed);
    const id = request.otherDeviceId;
    if (id === undefined || mine !== turn) return;
    const devices = await listOtherDevices(context, "published");
    if (mine !== turn) return;
    const found = devices.ok ? devices.value.find(({ deviceId }) => deviceId === id) : undefined;
    followed.setOther(
      found ?? { deviceId: id, name: null, lastSeenAt: null, standing: "unverified" },
    );
  }

  /** Resolves when a device has answered, or when the verification is over. */
  function deviceIdOf(request: VerificationRequest, followed: FollowedVerification): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const { kind } = followed.state();
        const waits = kind === "requested" && request.otherDeviceId === undefined;
        if (waits) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  }

  async function readRole(): Promise<VerificationFlow["role"]> {
    const { userId, deviceId } = context.user;
    const status = await context.crypto().getDeviceVerificationStatus(userId, deviceId);
    if (status?.crossSigningVerified !== true) return "newcomer";
    const key = await context.crypto().getSessionBackupPrivateKey();
    key?.fill(0);
    return key === null ? "newcomer" : "helper";
  }

  async function received(request: VerificationRequest): Promise<void> {
    heap.keep(request);
    if (!isOwnRequest(request) || request.initiatedByMe) return;
    if (request.phase !== VerificationPhase.Requested) return;
    const role = await attempt(readRole);
    if (!role.ok || request.phase !== VerificationPhase.Requested) return;
    follow(request, { startedHere: false, role: role.value, other: null }, true);
  }

  async function ask(deviceId: string | null, canScan: boolean): Promise<Result<void, AppError>> {
    await current?.cancel();
    current?.stop();
    current = null;
    const mine = ++turn;
    show({ kind: "asking" });
    await cancelLeftovers(context, heap);
    const helper = await findHelper(deviceId);
    const sent = helper.ok ? await send(deviceId, canScan) : helper;
    if (!sent.ok) {
      if (mine !== turn) return sent;
      await cancelLeftovers(context, heap);
      const ending = { reason: "failed", code: null, error: sent.error } as const;
      show({ kind: "ended", flow: null, ending });
      return sent;
    }
    if (mine !== turn) {
      await attempt(() => sent.value.request.cancel());
      return fail(NOT_UNDER_WAY);
    }
    const { request, role } = sent.value;
    const other = helper.ok ? helper.value : null;
    follow(request, { startedHere: true, role, other }, canScan);
    return ok(undefined);
  }

  /** The one to ask, or null for all of them; an error when nobody is there to answer. */
  async function findHelper(deviceId: string | null): Promise<Result<OwnDevice | null, AppError>> {
    const devices = await listOtherDevices(context, "published");
    if (!devices.ok) return devices;
    const wanted = devices.value.filter((device) =>
      deviceId === null ? device.standing === "verified" : device.deviceId === deviceId,
    );
    const [only] = wanted;
    if (only === undefined) return fail({ kind: "verification", reason: "no_helper" });
    return ok(wanted.length === 1 ? only : null);
  }

  function send(deviceId: string | null, canScan: boolean) {
    return attempt(async () => {
      const crypto = context.crypto();
      offerMethods(crypto, canScan);
      const role = await readRole();
      const request =
        deviceId === null
          ? await crypto.requestOwnUserVerification()
          : await crypto.requestDeviceVerification(context.user.userId, deviceId);
      heap.keep(request);
      return { request, role };
    });
  }

  return {
    state: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async listDevices() {
      const devices = await listOtherDevices(context, "published");
      return devices.ok ? ok(devices.value.toSorted(helpersFirst)) : devices;
    },
    request: ({ deviceId, canScan }) => ask(deviceId, canScan),
    async accept({ canScan }) {
      const followed = current;
      if (followed === null || followed.state().kind !== "incoming") return fail(NOT_UNDER_WAY);
      // The SDK takes the methods from the moment a request is wrapped: wrap it again.
      offerMethods(context.crypto(), canScan);
      const fresh = requestsInProgress(context, heap).find(
        ({ transactionId }) => transactionId === followed.transactionId,
      );
      if (fresh === undefined) return fail(NOT_UNDER_WAY);
      return followed.accept(fresh, canScan);
    },
    async cancel() {
      if (current !== null) await current.cancel();
      else if (shown.kind === "asking") {
        turn++;
        show({ kind: "ended", flow: null, ending: { reason: "cancelled_here" } });
      }
    },
    dismiss() {
      if (shown.kind !== "ended" && shown.kind !== "verified") return;
      current?.stop();
      current = null;
      turn++;
      show(NO_VERIFICATION);
    },
    startEmoji: async () => current?.startEmoji() ?? fail(NOT_UNDER_WAY),
    readCode: async () => current?.readCode() ?? ok(null),
    scan: async (code) => current?.scan(code) ?? fail(NOT_UNDER_WAY),
    // What this leads to changes which devices are trusted: not beside a reset of the identity.
    confirm() {
      // What was on the screen at the press, should another have come before the turn does.
      const pressed = current;
      return context.takeTurn(async () =>
        pressed !== null && pressed === current ? pressed.confirm() : fail(NOT_UNDER_WAY),
      );
    },
    reject: async () => current?.reject(),
    requestKeys: () => requestMissingKeys(context),
    listen() {
      const { client } = context;
      const hear = (request: VerificationRequest): void => void received(request);
      client.on(CryptoEvent.VerificationRequestReceived, hear);
      const unlisten = listenForUnheard(context, heap, hear);
      void cancelForgotten(context, memory);
      for (const request of requestsInProgress(context, heap)) hear(request);
      return () => {
        client.off(CryptoEvent.VerificationRequestReceived, hear);
        unlisten();
        turn++;
        void current?.cancel();
        current?.stop();
        current = null;
        listeners.clear();
        // After the cancellation's own effects, and long before anything deletes the store.
        setTimeout(() => heap.free());
      };
    },
  };
}

function helpersFirst(one: OwnDevice, other: OwnDevice): number {
  return Number(other.standing === "verified") - Number(one.standing === "verified");
}

/** A request between the account's own devices, not one of another person in a room. */
function isOwnRequest(request: VerificationRequest): boolean {
  return request.isSelfVerification && request.roomId === undefined;
}
