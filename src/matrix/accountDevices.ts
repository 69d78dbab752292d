import type { AccountDevice, AccountDevicesPort } from "@/domain/accountDevices";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { refreshOwnKeys } from "./crossSigning";
import { isObject } from "./errorOfAnswer";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

type Listed = Omit<AccountDevice, "standing">;

/** The account's other devices: who is signed in by `GET /devices`, who can be trusted by their keys. */
export function createAccountDevices(context: SessionContext): AccountDevicesPort {
  return {
    async list() {
      const listed = await fetchOthers(context);
      if (!listed.ok) return listed;
      return attempt(async () => {
        await refreshOwnKeys(context);
        const { userId } = context.user;
        const crypto = context.crypto();
        const known = (await crypto.getUserDeviceInfo([userId])).get(userId);
        return Promise.all(
          listed.value.map(async (device): Promise<AccountDevice> => {
            const keys = known?.get(device.deviceId);
            if (keys === undefined) return { ...device, standing: "no_encryption" };
            if (keys.dehydrated) return { ...device, standing: "dehydrated" };
            const status = await crypto.getDeviceVerificationStatus(userId, device.deviceId);
            const verified = status?.crossSigningVerified === true;
            return { ...device, standing: verified ? "verified" : "unverified" };
          }),
        );
      });
    },
  };
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
    name: typeof name === "string" && name !== "" ? name : null,
    lastSeenAt: typeof lastSeenAt === "number" && lastSeenAt > 0 ? lastSeenAt : null,
  };
}
