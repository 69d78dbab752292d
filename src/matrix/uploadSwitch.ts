import type { AppError } from "@/domain/errors";
import type { SwitchedUpload } from "@/domain/removalPorts";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { loadCryptoWasm } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

type Device = Pick<SignedInUser, "userId" | "deviceId">;

/** Devices of this page whose upload is off. */
const off = new Set<string>();
let isInstalled = false;

/**
 * Puts a gate before the one call by which the SDK gets keys to upload. The SDK has no switch for
 * this: it turns its upload on by itself whenever it looks at the backup, and turning it off in the
 * crypto module (`disableBackup`) forgets which keys are in the backup, so that every later count
 * would be wrong and everything would be uploaded again. Behind the gate the loop ends without a
 * word, a running one after the request it has just sent, and the counts stay true.
 */
export async function installUploadSwitch(): Promise<void> {
  const { OlmMachine } = await loadCryptoWasm();
  if (isInstalled) return;
  isInstalled = true;
  const { prototype } = OlmMachine;
  // oxlint-disable-next-line typescript/unbound-method -- called with its machine below
  const next = prototype.backupRoomKeys;
  prototype.backupRoomKeys = function gated(this: OlmMachine): ReturnType<typeof next> {
    return isUploadOff(deviceOf(this))
      ? Promise.reject(new Error("the upload is turned off on this device"))
      : next.call(this);
  };
}

/** Whether a device uploads, from before its client is opened on. */
export function setUpload(device: Device, on: boolean): void {
  if (on) off.delete(nameOf(device));
  else off.add(nameOf(device));
}

/** Whether the upload is turned off on a device of this page: the SDK sends no key then. */
export function isUploadOff(device: Device): boolean {
  return off.has(nameOf(device));
}

/** Ends with an error while the upload is off. For what could not be ended without it. */
export function confirmUpload({ user }: Pick<SessionContext, "user">): Result<void, AppError> {
  return isUploadOff(user) ? fail({ kind: "upload_off" }) : ok(undefined);
}

/**
 * Turns the upload off, or on again with what has waited meanwhile, and then remembers it: where
 * that cannot be stored it holds until the page is closed.
 */
export async function switchUpload(
  context: SessionContext,
  on: boolean,
): Promise<Result<SwitchedUpload, AppError>> {
  const installed = await attempt(installUploadSwitch);
  if (!installed.ok) return installed;
  setUpload(context.user, on);
  if (on) {
    const woken = await wake(context);
    if (!woken.ok) return woken;
  }
  const stored = await context.uploadWish.writeOff(!on);
  return ok({ unstored: stored.ok ? null : stored.error });
}

async function wake(context: SessionContext): Promise<Result<void, AppError>> {
  const woken = await attempt(async () => {
    await context.crypto().checkKeyBackupAndEnable();
    await wakeUpload(context.crypto());
  });
  // What is said to be off must be off.
  if (!woken.ok) setUpload(context.user, false);
  return woken;
}

/** The SDK begins to upload when it hears of keys; hearing of none is enough. */
async function wakeUpload(crypto: object): Promise<void> {
  if ("onRoomKeysUpdated" in crypto && typeof crypto.onRoomKeysUpdated === "function") {
    await crypto.onRoomKeysUpdated([]);
  }
}

function deviceOf(machine: OlmMachine): Device {
  const { userId, deviceId } = machine;
  try {
    return { userId: userId.toString(), deviceId: deviceId.toString() };
  } finally {
    userId.free();
    deviceId.free();
  }
}

function nameOf({ userId, deviceId }: Device): string {
  return `${userId}|${deviceId}`;
}
