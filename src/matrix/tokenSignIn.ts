import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import type { SignInFailure } from "@/domain/signIn";
import type { OtherSignIns } from "@/domain/signInPorts";
import type { Login } from "./passwordLogin";
import { hasPublishedBefore } from "./publishedBefore";
import { hasPublishedKeys } from "./publishedDevice";
import { readBeginning, storeLogin } from "./signIn";
import type { Vault } from "./vault";
import { whoAmI } from "./whoAmI";

type TokenRequest = Parameters<OtherSignIns["signInWithToken"]>[0];

/** See OtherSignIns. The token is somebody's own: it is never ended because it cannot be used here. */
export async function signInWithToken(
  vault: Vault,
  { target, accessToken }: TokenRequest,
): Promise<Result<SignedInUser, AppError>> {
  const stored = await readBeginning(vault, undefined);
  if (!stored.ok) return stored;
  const login = await loginOfToken({ target, accessToken });
  if (!login.ok) return login;
  const kept = await storeLogin(vault, login.value, stored.value, hasPublishedBefore);
  return kept.ok ? ok(login.value.user) : kept;
}

/**
 * Whose token it is. The device must be one that no app has given keys to, and `mustBe` the user, if
 * given: the token of somebody else is refused here and not ended.
 */
export async function loginOfToken(
  { target, accessToken }: TokenRequest,
  mustBe: string | null = null,
): Promise<Result<Login, AppError>> {
  const refuse = (reason: SignInFailure) =>
    fail<AppError>({ kind: "sign_in", reason, host: target.host });
  const owner = await whoAmI(target.baseUrl, accessToken);
  if (!owner.ok) return owner.error.kind === "signed_out" ? refuse("token_refused") : owner;
  const { deviceId, ...rest } = owner.value;
  if (mustBe !== null && rest.userId !== mustBe) return refuse("other_account");
  if (deviceId === null) return refuse("token_without_device");
  const user = { ...rest, deviceId };
  const isInUse = await hasPublishedKeys(user, accessToken);
  if (!isInUse.ok) return isInUse;
  if (isInUse.value) return refuse("token_device_in_use");
  return ok({ user, tokens: { accessToken, oauth: null } });
}
