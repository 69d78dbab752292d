import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { isObject } from "./errorOfAnswer";
import { sendForJson } from "./request";

/** Whether the server has encryption keys of this device (`POST /keys/query`, one device asked for). */
export async function hasPublishedKeys(
  { userId, deviceId, homeserverUrl }: SignedInUser,
  accessToken: string,
): Promise<Result<boolean, AppError>> {
  const answer = await sendForJson({
    method: "POST",
    url: new URL(`${homeserverUrl}/_matrix/client/v3/keys/query`),
    body: { device_keys: { [userId]: [deviceId] } },
    accessToken,
  });
  if (!answer.ok) return answer;
  const users = answer.value.device_keys;
  if (!isObject(users)) {
    return { ok: false, error: { kind: "not_matrix", detail: "the answer about a device" } };
  }
  const devices = users[userId];
  return ok(isObject(devices) && isObject(devices[deviceId]));
}
