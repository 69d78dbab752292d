import type { AccountDevice, AccountDevicesPort } from "@/domain/accountDevices";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type * as CryptoWasm from "@matrix-org/matrix-sdk-crypto-wasm";
import { refreshOwnKeys } from "./crossSigning";
import { isObject } from "./errorOfAnswer";
import { loadCryptoWasm, olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Whose signature makes a device "verified". `published`: the identity that the server publishes; a
 * new device can say no more before it was let in. `trusted`: the identity, once this device trusts
 * it; before that nobody is.
 */
type VouchedBy = "published" | "trusted";
type Listed = Omit<AccountDevice, "standing">;

/** The account's other devices as this device can rely on them. */
export function createAccountDevices(context: SessionContext): AccountDevicesPort {
  return { list: () => listOtherDevices(context, "trusted") };
}

/**
 * The account's other devices, the one used last first: who is signed in by `GET /devices`, and what
 * each is worth by its keys after a key query of now.
 */
export async function listOtherDevices(
  context: SessionContext,
  vouchedBy: VouchedBy,
): Promise<Result<readonly AccountDevice[], AppError>> {
  const [listed, refreshed] = await Promise.all([
    fetchOthers(context),
    attempt(() => refreshOwnKeys(context)),
  ]);
  if (!listed.ok) return listed;
  if (!refreshed.ok) return refreshed;
  const standings = await attempt(() => readStandings(context, vouchedBy));
  if (!standings.ok) return standings;
  return ok(
    listed.value.map((device) => ({
      ...device,
      standing: standings.value.get(device.deviceId) ?? "no_encryption",
    })),
  );
}

async function fetchOthers(context: SessionContext): Promise<Result<readonly Listed[], AppError>> {
  const answer = await context.request("GET", "/devices");
  if (!answer.ok) return answer;
  const list = isObject(answer.value) ? answer.value.devices : null;
  if (!Array.isArray(list)) return fail({ kind: "not_matrix", detail: "device list" });
  const devices = list.map(readDevice);
  // A list with a hole in it must not pass for "there is no other device".
  if (!devices.every((device) => device !== null)) {
    return fail({ kind: "not_matrix", detail: "device list: a device without an id" });
  }
  const others = devices.filter(({ deviceId }) => deviceId !== context.user.deviceId);
  return ok(others.toSorted((one, two) => (two.lastSeenAt ?? 0) - (one.lastSeenAt ?? 0)));
}

function readDevice(value: unknown): Listed | null {
  if (!isObject(value)) return null;
  const { device_id: deviceId, display_name: name, last_seen_ts: lastSeenAt } = value;
  if (typeof deviceId !== "string" || deviceId === "") return null;
  return {
    deviceId,
    name: typeof name === "string" && name.trim() !== "" ? name : null,
    lastSeenAt: typeof lastSeenAt === "number" && lastSeenAt > 0 ? lastSeenAt : null,
  };
}

/** By the keys the crypto machine knows; it must have been told of the newest before. */
async function readStandings(
  context: SessionContext,
  vouchedBy: VouchedBy,
): Promise<ReadonlyMap<string, AccountDevice["standing"]>> {
  const { UserId } = await loadCryptoWasm();
  const machine = await olmMachineOf(context);
  const known = await withFreed(new UserId(context.user.userId), (id) =>
    machine.getUserDevices(id, 1),
  );
  return withFreed(known, (devices) => {
    const standings = new Map<string, AccountDevice["standing"]>();
    // Each unfreed device would keep the crypto store's database open after the client is gone.
    for (const device of devices.devices()) {
      const id = device.deviceId;
      standings.set(id.toString(), standingOf(device, vouchedBy));
      id.free();
      device.free();
    }
    return standings;
  });
}

function standingOf(device: CryptoWasm.Device, vouchedBy: VouchedBy): AccountDevice["standing"] {
  if (device.isDehydrated) return "dehydrated";
  const isVouchedFor =
    vouchedBy === "published" ? device.isCrossSignedByOwner() : device.isCrossSigningTrusted();
  return isVouchedFor ? "verified" : "unverified";
}
