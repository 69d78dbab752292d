import type { SessionGateway } from "@/domain/ports";
import type { SessionPhase } from "@/domain/session";

/** Where a session is stored or held, user and homeserver are those of the session, whatever is given. */
export async function signInFrom(
  gateway: SessionGateway,
  from: SessionPhase,
  request: Parameters<SessionGateway["signIn"]>[0],
): ReturnType<SessionGateway["signIn"]> {
  if (from.kind !== "expired" && from.kind !== "ended") return gateway.signIn(request);
  const { userId, deviceId, homeserverUrl } = from.user;
  const target = { ...request.target, baseUrl: homeserverUrl };
  const again = { ...request, target, username: userId };
  if (from.kind === "expired") return gateway.signIn({ ...again, deviceId });
  const marked = await gateway.markEnded(from.user);
  return marked.ok ? gateway.signIn(again) : marked;
}
