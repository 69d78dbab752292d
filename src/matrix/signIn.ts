import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import { requestPersistence } from "@/lib/storagePersistence";
import { endTokens } from "./endTokens";
import { logInWithPassword, type Login } from "./passwordLogin";
import { hasPublishedBefore, type HasPublished } from "./publishedBefore";
import { hasPublishedKeys } from "./publishedDevice";
import { encodeTokens } from "./sessionTokens";
import type { StoredSession, Vault } from "./vault";

type SignInRequest = Parameters<SessionGateway["signIn"]>[0];

/** What is stored already decides what a sign-in may do; null: nothing is. */
export type Beginning = StoredSession | null;

/**
 * Signs in and stores the session; with `deviceId`, gives the stored session of that device a new
 * token; where the stored session was ended by the server, makes a new device of the same user
 * beside it. The storage is tried before the password is sent, a session that cannot be stored is
 * ended on the server again, and a stored session of somebody else is never replaced.
 */
export async function signIn(
  vault: Vault,
  request: SignInRequest,
  hasPublished: HasPublished = hasPublishedBefore,
): Promise<Result<SignedInUser, AppError>> {
  const stored = await readBeginning(vault, request.deviceId);
  if (!stored.ok) return stored;
  // What is stored decides the user, whatever was typed.
  const username = stored.value?.user.userId ?? request.username;
  const login = await logInWithPassword({ ...request, username });
  return login.ok ? keepLogin(vault, login.value, stored.value, hasPublished) : login;
}

/**
 * The stored session that a sign-in on this device begins from. `session_stored` when it would have
 * to replace one that is still good.
 */
export async function readBeginning(
  vault: Pick<Vault, "read">,
  deviceId: string | undefined,
): Promise<Result<Beginning, AppError>> {
  const stored = await vault.read();
  if (!stored.ok) return stored;
  const expected =
    stored.value === null || stored.value.ended ? undefined : stored.value.user.deviceId;
  if (deviceId === expected) return stored;
  return expected === undefined
    ? fail({ kind: "unexpected", detail: "there is no stored session to renew" })
    : fail({ kind: "sign_in", reason: "session_stored", host: null });
}

/** Stores a new login in the vault, or ends it on its server when it must not or cannot be kept. */
export async function keepLogin(
  vault: Vault,
  login: Login,
  stored: Beginning,
  hasPublished: HasPublished,
): Promise<Result<SignedInUser, AppError>> {
  const kept = await storeLogin(vault, login, stored, hasPublished);
  if (!kept.ok) {
    // Ending a token ends its device; the one that is stored keeps its keys on the server.
    const isOfStored = stored?.ended === false && isSameDevice(login.user, stored.user);
    const isRemoved = kept.error.kind === "sign_in" && kept.error.reason === "device_removed";
    if (!isOfStored || isRemoved) await endTokens(login.user.homeserverUrl, login.tokens);
    return kept;
  }
  return ok(login.user);
}

/** Stores a new login in the vault, where what is stored already allows it. */
export async function storeLogin(
  vault: Vault,
  { user, tokens }: Login,
  stored: Beginning,
  hasPublished: HasPublished,
): Promise<Result<void, AppError>> {
  // Browsers may clear what is not persistent. Their answer changes nothing here.
  void requestPersistence();
  const text = encodeTokens(tokens);
  if (stored === null) return vault.store(user, text);
  // The same name on another server is somebody else.
  if (user.userId !== stored.user.userId || user.homeserverUrl !== stored.user.homeserverUrl) {
    const { host } = new URL(user.homeserverUrl);
    return fail({ kind: "sign_in", reason: "other_account", host });
  }
  if (isSameDevice(user, stored.user) === stored.ended) {
    return fail({ kind: "unexpected", detail: "the server answered for another device" });
  }
  if (stored.ended) return vault.storeBeside(user, text);
  const removed = stored.cryptoStoreMade
    ? await wasRemoved(vault, { user, tokens }, hasPublished)
    : ok(false);
  if (!removed.ok) return removed;
  if (!removed.value) return vault.renew(user, text);
  const marked = await vault.markEnded(user);
  if (!marked.ok) return marked;
  const { host } = new URL(user.homeserverUrl);
  return fail({ kind: "sign_in", reason: "device_removed", host });
}

/**
 * A device that was removed comes back with the sign-in, and without its keys: it would stay unreadable
 * for all others. One that had not published its keys yet does so when it is opened.
 */
async function wasRemoved(
  vault: Vault,
  { user, tokens }: Login,
  hasPublished: HasPublished,
): Promise<Result<boolean, AppError>> {
  const known = await hasPublishedKeys(user, tokens.accessToken);
  if (!known.ok || known.value) return known.ok ? ok(false) : known;
  return hasPublished(vault);
}

function isSameDevice(one: SignedInUser, other: SignedInUser): boolean {
  return one.userId === other.userId && one.deviceId === other.deviceId;
}
