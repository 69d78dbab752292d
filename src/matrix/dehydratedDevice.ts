import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { Method } from "matrix-js-sdk";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** MSC3814; outside of `/v3`, so it goes through the SDK. */
const PREFIX = "/_matrix/client/unstable/org.matrix.msc3814.v1";
const TIMEOUT_MS = 30_000;

/** Removes the account's dehydrated device. None, or a server that knows no such thing, is fine. */
export async function deleteDehydratedDevice(
  context: Pick<SessionContext, "client">,
): Promise<Result<void, AppError>> {
  const sent = await attempt(() =>
    context.client.http.authedRequest(
      Method.Delete,
      "/dehydrated_device",
      undefined,
      {},
      { prefix: PREFIX, localTimeoutMs: TIMEOUT_MS },
    ),
  );
  if (sent.ok) return ok(undefined);
  const { error } = sent;
  const isNone =
    error.kind === "server" &&
    (error.errcode === "M_NOT_FOUND" || error.errcode === "M_UNRECOGNIZED");
  return isNone ? ok(undefined) : sent;
}
