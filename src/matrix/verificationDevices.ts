import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { OwnDevice } from "@/domain/verification";
import type * as CryptoWasm from "@matrix-org/matrix-sdk-crypto-wasm";
import { refreshOwnKeys } from "./crossSigning";
import { isObject } from "./errorOfAnswer";
import { loadCryptoWasm, olmMachineOf, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * The account's other devices: names and last activity by `GET /devices`, and what each of them is
 * worth by a key query of now. Those that can help first, each group by last activity.
 */
export async function listOwnDevices(
  context: SessionContext,
): Promise<Result<readonly OwnDevice[], AppError>> {
  const [listed, refreshed] = await Promise.all([
    context.request("GET", "/devices"),
    attempt(() => refreshOwnKeys(context)),
  ]);
  if (!listed.ok) return listed;
  if (!refreshed.ok) return refreshed;
  const body = listed.value;
  if (!isObject(body) || !Array.isArray(body.devices)) {
    return fail({ kind: "not_matrix", detail: "device list" });
  }
  const standings = await attempt(() => readStandings(context));
  if (!standings.ok) return standings;
  const devices: OwnDevice[] = [];
  for (const entry of body.devices) {
    const device = toOwnDevice(entry, standings.value);
    if (device !== null && device.deviceId !== context.user.deviceId) devices.push(device);
  }
  return ok(devices.toSorted(byUse));
}

function byUse(one: OwnDevice, other: OwnDevice): number {
  const helpful = Number(other.standing === "verified") - Number(one.standing === "verified");
  return helpful === 0 ? (other.lastSeenAt ?? 0) - (one.lastSeenAt ?? 0) : helpful;
}

function toOwnDevice(
  entry: unknown,
  standings: ReadonlyMap<string, OwnDevice["standing"]>,
): OwnDevice | null {
  if (!isObject(entry)) return null;
  const { device_id: deviceId, display_name: name, last_seen_ts: lastSeenAt } = entry;
  if (typeof deviceId !== "string") return null;
  return {
    deviceId,
    name: typeof name === "string" && name.trim() !== "" ? name : null,
    lastSeenAt: typeof lastSeenAt === "number" ? lastSeenAt : null,
    standing: standings.get(deviceId) ?? "no_encryption",
  };
}

/** By the keys the crypto machine knows; it must have been told of the newest before. */
async function readStandings(
  context: SessionContext,
): Promise<ReadonlyMap<string, OwnDevice["standing"]>> {
  const { UserId } = await loadCryptoWasm();
  const machine = await olmMachineOf(context);
  const known = await withFreed(new UserId(context.user.userId), (id) =>
    machine.getUserDevices(id, 1),
  );
  return withFreed(known, (devices) => {
    const standings = new Map<string, OwnDevice["standing"]>();
    // Each unfreed device would keep the crypto store's database open after the client is gone.
    for (const device of devices.devices()) {
      const id = device.deviceId;
      standings.set(id.toString(), standingOf(device));
      id.free();
      device.free();
    }
    return standings;
  });
}

/** Signed by the identity that the server publishes; whether that is ours, verification will tell. */
function standingOf(device: CryptoWasm.Device): OwnDevice["standing"] {
  if (device.isDehydrated) return "dehydrated";
  return device.isCrossSignedByOwner() ? "verified" : "unverified";
}
