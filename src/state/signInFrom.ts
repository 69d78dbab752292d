import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, type Result } from "@/domain/result";
import type { HomeserverTarget, SessionPhase, SignedInUser } from "@/domain/session";
import type { SessionActions } from "./StoreContext";

/** Whether somebody can sign in in this phase. */
export function takesSignIn(kind: SessionPhase["kind"]): boolean {
  return kind === "signed_out" || kind === "expired" || kind === "ended";
}

/**
 * Where a session is stored or held, user and homeserver are those of the session, whatever is
 * given. `unstored`: nothing is to be stored, whatever the request wishes.
 */
export async function signInFrom(
  gateway: SessionGateway,
  from: SessionPhase,
  request: Parameters<SessionActions["signIn"]>[0],
  unstored: boolean,
): ReturnType<SessionActions["signIn"]> {
  const stored = await storedOf(gateway, from, request.target);
  if (!stored.ok) return stored;
  const { user, target, deviceId } = stored.value;
  const { password } = request;
  const username = user?.userId ?? request.username;
  return gateway.signIn({ target, username, password, ...deviceId, ...memoryWish(unstored) });
}

/** How the gateway is told to store nothing. */
export function memoryWish(unstored: boolean): { readonly memoryOnly?: true } {
  return unstored ? { memoryOnly: true } : {};
}

/** The address of the page that signs the person in; see signInFrom. */
export async function redirectFrom(
  gateway: SessionGateway,
  from: SessionPhase,
  { target: given, way }: Parameters<SessionActions["signInElsewhere"]>[0],
  unstored: boolean,
): Promise<Result<string, AppError>> {
  const stored = await storedOf(gateway, from, given);
  if (!stored.ok) return stored;
  const { target, deviceId } = stored.value;
  return gateway.beginRedirect({ target, way, ...deviceId, ...memoryWish(unstored) });
}

interface Stored {
  readonly user: SignedInUser | null;
  readonly target: HomeserverTarget;
  /** The device to renew, as the gateway takes it. */
  readonly deviceId: { readonly deviceId?: string };
}

/** A session that the server has ended is marked as such first: then a new device takes its place. */
async function storedOf(
  gateway: SessionGateway,
  from: SessionPhase,
  { baseUrl, host, discoveredFrom }: HomeserverTarget,
): Promise<Result<Stored, AppError>> {
  if (from.kind !== "expired" && from.kind !== "ended") {
    return {
      ok: true,
      value: { user: null, target: { baseUrl, host, discoveredFrom }, deviceId: {} },
    };
  }
  const { user } = from;
  const target = { baseUrl: user.homeserverUrl, host, discoveredFrom };
  if (from.kind === "expired") {
    return { ok: true, value: { user, target, deviceId: { deviceId: user.deviceId } } };
  }
  const marked = await gateway.markEnded(user);
  return marked.ok ? { ok: true, value: { user, target, deviceId: {} } } : fail(marked.error);
}
