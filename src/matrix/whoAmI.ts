import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { sendForJson } from "./request";

/** Whose an access token is. */
export interface TokenOwner {
  readonly userId: string;
  /** Null: the token is of no device. */
  readonly deviceId: string | null;
  readonly homeserverUrl: string;
}

/** `GET /account/whoami` (Client-Server API, "Current account information"). */
export async function whoAmI(
  homeserverUrl: string,
  accessToken: string,
): Promise<Result<TokenOwner, AppError>> {
  const answer = await sendForJson({
    method: "GET",
    url: new URL(`${homeserverUrl}/_matrix/client/v3/account/whoami`),
    accessToken,
  });
  if (!answer.ok) return answer;
  const { user_id: userId, device_id: deviceId } = answer.value;
  if (typeof userId !== "string") {
    return fail({ kind: "not_matrix", detail: "the answer lacks the user id" });
  }
  return ok({ userId, deviceId: typeof deviceId === "string" ? deviceId : null, homeserverUrl });
}
