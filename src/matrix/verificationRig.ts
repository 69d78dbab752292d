import type { VerificationState } from "@/domain/verification";
import { openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import type { Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createSetUp } from "./setUp";
import { createVerification, type Verification } from "./verification";
import type { VerificationMemory } from "./verificationMemory";

/** A device that listens for verifications, as an open session does. */
export interface VerifyingDevice extends TestDevice {
  readonly verification: Verification;
  readonly memory: VerificationMemory;
  /** Resolves at the first state of this kind, which may be the present one. */
  reach<K extends VerificationState["kind"]>(
    kind: K,
  ): Promise<Extract<VerificationState, { kind: K }>>;
}

export async function openVerifying(server: Homeserver, userId: string): Promise<VerifyingDevice> {
  const device = await openDevice(server, userId);
  const memory = createMemory();
  const verification = createVerification(device.context, memory);
  const unlisten = verification.listen();
  return {
    ...device,
    verification,
    memory,
    reach: (kind) => reach(verification, kind),
    stop() {
      unlisten();
      device.stop();
    },
  };
}

/** The same device with a verification made anew, as after a reload. */
export function withVerification(
  device: VerifyingDevice,
  verification: Verification,
): VerifyingDevice {
  return { ...device, verification, reach: (kind) => reach(verification, kind) };
}

/** An account with identity, secret storage and backup, on the device that made them. */
export async function openTrusted(server: Homeserver): Promise<VerifyingDevice> {
  const device = await openVerifying(server, await server.register(PASSWORD));
  const setUp = createSetUp(device.context);
  const key = setUp.generateRecoveryKey();
  valueOf(await setUp.run(key, { onStep: () => undefined, askPassword: async () => null }));
  return device;
}

/** One more device of the account, verified by emoji with `helper`, and with the backup's key. */
export async function openHelped(
  server: Homeserver,
  helper: VerifyingDevice,
): Promise<VerifyingDevice> {
  const device = await openVerifying(server, helper.context.user.userId);
  await compareWith(device, helper);
  await keyHere(device);
  helper.verification.dismiss();
  return device;
}

/** Goes from the request to `verified` on both sides. */
export async function compareWith(
  newcomer: VerifyingDevice,
  helper: VerifyingDevice,
): Promise<void> {
  await meet(newcomer, helper);
  valueOf(await newcomer.verification.startEmoji());
  await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
  valueOf(await newcomer.verification.confirm());
  valueOf(await helper.verification.confirm());
  await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
}

/** Goes from the request to `choosing` on both sides. */
export async function meet(
  newcomer: VerifyingDevice,
  helper: VerifyingDevice,
  scanning: { readonly newcomer?: boolean; readonly helper?: boolean } = {},
): Promise<void> {
  await acquaint(newcomer, helper);
  const canScan = scanning.newcomer ?? false;
  valueOf(await newcomer.verification.request({ deviceId: null, canScan }));
  await helper.reach("incoming");
  valueOf(await helper.verification.accept({ canScan: scanning.helper ?? false }));
  await Promise.all([newcomer.reach("choosing"), helper.reach("choosing")]);
}

/**
 * Resolves once each of the two has heard of the other. The crypto machine drops a request of a
 * device it has not heard of, without a word.
 */
export async function acquaint(one: VerifyingDevice, other: VerifyingDevice): Promise<void> {
  for (const [mine, theirs] of [
    [one, other],
    [other, one],
  ] as const) {
    for (;;) {
      const devices = valueOf(await mine.verification.listDevices());
      const { deviceId } = theirs.context.user;
      const found = devices.find((device) => device.deviceId === deviceId);
      if (found !== undefined && found.standing !== "no_encryption") break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Resolves once the device holds a key that fits the server's backup. */
export async function keyHere(device: VerifyingDevice): Promise<void> {
  const keyBackup = createKeyBackup(device.context);
  for (;;) {
    const info = valueOf(await keyBackup.fetchBackupInfo());
    if (info === null) throw new Error("there is no backup");
    if (valueOf(await keyBackup.readTrust(info)).key === "match") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function reach<K extends VerificationState["kind"]>(
  verification: Verification,
  kind: K,
): Promise<Extract<VerificationState, { kind: K }>> {
  const isIt = (state: VerificationState): state is Extract<VerificationState, { kind: K }> =>
    state.kind === kind;
  return new Promise((resolve) => {
    const now = verification.state();
    if (isIt(now)) {
      resolve(now);
      return;
    }
    const unsubscribe = verification.subscribe((state) => {
      if (!isIt(state)) return;
      unsubscribe();
      resolve(state);
    });
  });
}

function createMemory(): VerificationMemory {
  let remembered: string | null = null;
  return {
    read: () => remembered,
    write(transactionId) {
      remembered = transactionId;
    },
  };
}
