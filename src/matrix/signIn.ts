import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { requestPersistence } from "@/lib/storagePersistence";
import { logInWithPassword, logOutToken, type Login } from "./passwordLogin";
import type { StoredSession, Vault } from "./vault";

type SignInRequest = Parameters<SessionGateway["signIn"]>[0];

/**
 * Signs in and stores the session; with `deviceId`, gives the stored session of that device a new
 * token; where the stored session was ended by the server, makes a new device of the same user
 * beside it. The storage is tried before the password is sent, a session that cannot be stored is
 * ended on the server again, and a stored session of somebody else is never replaced.
 */
export async function signIn(
  vault: Vault,
  request: SignInRequest,
): Promise<Result<SignedInUser, AppError>> {
  const stored = await vault.read();
  if (!stored.ok) return stored;
  const refusal = refusalOf(stored.value, request.deviceId);
  if (refusal !== null) return fail(refusal);

  // What is stored decides the user, whatever was typed.
  const username = stored.value?.user.userId ?? request.username;
  const login = await logInWithPassword({ ...request, username });
  if (!login.ok) return login;
  const kept = await keep(vault, login.value, stored.value);
  if (!kept.ok) {
    await logOutToken(login.value.user.homeserverUrl, login.value.accessToken);
    return kept;
  }
  // Browsers may clear what is not persistent. Their answer changes nothing here.
  void requestPersistence();
  return ok(login.value.user);
}

function refusalOf(stored: StoredSession | null, deviceId: string | undefined): AppError | null {
  const expected = stored === null || stored.ended ? undefined : stored.user.deviceId;
  if (deviceId === expected) return null;
  const detail =
    expected === undefined
      ? "there is no stored session to renew"
      : "another session is stored already";
  return { kind: "unexpected", detail };
}

async function keep(
  vault: Vault,
  { user, accessToken }: Login,
  stored: StoredSession | null,
): Promise<Result<void, AppError>> {
  if (stored === null) return vault.store(user, accessToken);
  const isSameDevice = user.deviceId === stored.user.deviceId;
  if (user.userId !== stored.user.userId || isSameDevice === stored.ended) {
    return fail({
      kind: "unexpected",
      detail: "the server answered for another account or device",
    });
  }
  return stored.ended ? vault.storeBeside(user, accessToken) : vault.renew(user, accessToken);
}
