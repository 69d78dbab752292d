import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { SSO_STATE } from "@/domain/redirectAnswer";
import type { SignedInUser } from "@/domain/session";
import type { BegunSignIn, RedirectAnswer, SignInFailure } from "@/domain/signIn";
import type { FinishedRedirect, OtherSignIns } from "@/domain/signInPorts";
import type { MemorySession } from "./memorySession";
import { beginOAuth, finishOAuth, type OAuthApp } from "./oauthLogin";
import { logInWithLoginToken, type Login } from "./passwordLogin";
import {
  isInTime,
  noteExchange,
  notePending,
  takePending,
  type PendingRedirect,
  type PendingStorage,
} from "./pendingRedirect";
import { hasPublishedBefore, type HasPublished } from "./publishedBefore";
import { keepLogin, readBeginning } from "./signIn";
import type { Vault } from "./vault";

/** How the app is known to other pages, and reached again from them. */
export interface RedirectOptions extends OAuthApp {
  /** This tab's session storage; null where the browser forbids it. */
  readonly storage: PendingStorage | null;
}

type Begin = Parameters<OtherSignIns["beginRedirect"]>[0];

/** See OtherSignIns. The storage is tried before the person is sent away. */
export async function beginRedirect(
  vault: Vault,
  options: RedirectOptions,
  { target, way, deviceId, memoryOnly = false }: Begin,
): Promise<Result<string, AppError>> {
  const stored = memoryOnly ? ok(null) : await readBeginning(vault, deviceId);
  if (!stored.ok) return stored;
  const state = crypto.randomUUID();
  const begun =
    way.kind === "oauth"
      ? await beginOAuth(target.baseUrl, options, { state, deviceId })
      : ok({ url: ssoUrl(target.baseUrl, way.providerId, options.appUrl, state), pending: null });
  if (!begun.ok) return begun;
  const noted = notePending(options.storage, {
    state,
    startedAt: Date.now(),
    homeserverUrl: target.baseUrl,
    homeserver: target.discoveredFrom ?? target.baseUrl,
    renews: deviceId ?? null,
    memoryOnly,
    oauth: begun.value.pending,
  });
  return noted ? ok(begun.value.url) : fail({ kind: "storage", reason: "unavailable" });
}

/** `GET /login/sso/redirect` (Client-Server API, "SSO client login"). */
function ssoUrl(baseUrl: string, providerId: string | null, appUrl: string, state: string): string {
  const back = new URL(appUrl);
  back.searchParams.set(SSO_STATE, state);
  const provider = providerId === null ? "" : `/${encodeURIComponent(providerId)}`;
  const url = new URL(`${baseUrl}/_matrix/client/v3/login/sso/redirect${provider}`);
  url.searchParams.set("redirectUrl", back.href);
  return url.href;
}

/** See OtherSignIns. What was noted is gone before anything is sent, so nothing is exchanged twice. */
export async function finishRedirect(
  vault: Vault,
  memory: Pick<MemorySession, "signIn">,
  { storage }: RedirectOptions,
  answer: RedirectAnswer | null,
  hasPublished: HasPublished = hasPublishedBefore,
): Promise<Result<FinishedRedirect | null, AppError>> {
  const noted = takePending(storage);
  const pending = noted !== null && "state" in noted ? noted : null;
  if (answer === null) return noted === null ? ok(null) : fail(withoutAnswer(noted));
  const checked = checkAnswer(answer, pending);
  if (!checked.ok) return checked;
  const asked = checked.value;
  const { memoryOnly } = asked;
  const logIn = async (): Promise<Result<Login, AppError>> => {
    noteExchange(storage, asked);
    const login = await exchange(answer, asked);
    // Some browsers end the requests of a page before the page: then it is what it is noted for.
    if (login.ok || login.error.kind !== "network") takePending(storage);
    return login;
  };
  const user = memoryOnly
    ? await memory.signIn(logIn)
    : await signInStored(vault, asked, logIn, hasPublished);
  return user.ok ? ok({ user: user.value, memoryOnly, host: hostOf(asked) }) : user;
}

async function signInStored(
  vault: Vault,
  { renews }: PendingRedirect,
  logIn: () => Promise<Result<Login, AppError>>,
  hasPublished: HasPublished,
): Promise<Result<SignedInUser, AppError>> {
  const stored = await readBeginning(vault, renews ?? undefined);
  if (!stored.ok) return stored;
  const login = await logIn();
  return login.ok ? keepLogin(vault, login.value, stored.value, hasPublished) : login;
}

/** Whether this tab has asked for the answer, and not too long ago. */
function checkAnswer(
  answer: RedirectAnswer,
  pending: PendingRedirect | null,
): Result<PendingRedirect, AppError> {
  const isSso = pending?.oauth === null;
  if (pending?.state !== answer.state || isSso !== (answer.kind === "sso")) {
    return fail({ kind: "sign_in", reason: "not_asked", host: null });
  }
  if (!isInTime(pending, Date.now())) return fail(failure("too_late", pending));
  return ok(pending);
}

async function exchange(
  answer: RedirectAnswer,
  pending: PendingRedirect,
): Promise<Result<Login, AppError>> {
  const { homeserverUrl: baseUrl, oauth, renews } = pending;
  if (answer.kind === "sso") {
    const { loginToken } = answer;
    return logInWithLoginToken({ baseUrl, loginToken, deviceId: renews ?? undefined });
  }
  if (oauth === null || (answer.issuer !== null && answer.issuer !== oauth.issuer)) {
    return fail(failure("wrong_issuer", pending));
  }
  if (answer.kind === "oauth") return finishOAuth(baseUrl, oauth, answer, renews !== null);
  return fail(failure(answer.error === "access_denied" ? "cancelled" : "refused", pending));
}

function withoutAnswer(noted: PendingRedirect | BegunSignIn): AppError {
  if ("state" in noted) return failure("cancelled", noted);
  const { homeserver } = noted;
  const host = URL.canParse(homeserver) ? new URL(homeserver).host || homeserver : homeserver;
  return { kind: "sign_in", reason: "interrupted", host };
}

/** Of the page that the person was sent to. */
function hostOf({ homeserverUrl, oauth }: PendingRedirect): string {
  return new URL(oauth?.issuer ?? homeserverUrl).host;
}

function failure(reason: SignInFailure, pending: PendingRedirect): AppError {
  return { kind: "sign_in", reason, host: hostOf(pending) };
}
