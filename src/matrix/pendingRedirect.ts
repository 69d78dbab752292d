import type { BegunSignIn } from "@/domain/signIn";
import { PENDING_KEY, readBegun } from "./begunSignIn";
import { isObject } from "./errorOfAnswer";

/** What the answer of another page must fit. It lies in this tab's session storage meanwhile. */
export interface PendingRedirect extends BegunSignIn {
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly homeserverUrl: string;
  /** The device to be renewed; null for a new one. */
  readonly renews: string | null;
  /** Null for single sign-on. */
  readonly oauth: PendingOAuth | null;
}

export interface PendingOAuth {
  readonly issuer: string;
  readonly clientId: string;
  readonly deviceId: string;
  /** PKCE (RFC 7636): proves at the exchange that the request was ours. */
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

export type PendingStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Signing in on another page may take this long, in milliseconds: a quarter of an hour. */
const PATIENCE_MS = 15 * 60_000;

/** False when the browser does not store it. */
export function notePending(
  storage: PendingStorage | null,
  pending: PendingRedirect | BegunSignIn,
): boolean {
  try {
    storage?.setItem(PENDING_KEY, JSON.stringify(pending));
    return storage !== null;
  } catch {
    return false;
  }
}

/**
 * In the place of what was noted while its answer is exchanged: nothing that an answer could fit, only
 * what the form held, in case the page is loaded anew meanwhile.
 */
export function noteExchange(storage: PendingStorage | null, pending: PendingRedirect): void {
  const { homeserver, memoryOnly } = pending;
  notePending(storage, { homeserver, memoryOnly });
}

/** What was noted, or null. It is removed: an answer can be used once. */
export function takePending(storage: PendingStorage | null): PendingRedirect | BegunSignIn | null {
  try {
    const begun = readBegun(storage);
    const text = storage?.getItem(PENDING_KEY) ?? null;
    storage?.removeItem(PENDING_KEY);
    if (begun === null || text === null) return null;
    return parsePending(JSON.parse(text), begun) ?? begun;
  } catch {
    return null;
  }
}

/** Whether the answer is still in time. A clock that was set back counts as too late. */
export function isInTime(pending: PendingRedirect, now: number): boolean {
  const age = now - pending.startedAt;
  return age >= 0 && age <= PATIENCE_MS;
}

function parsePending(value: unknown, begun: BegunSignIn): PendingRedirect | null {
  if (!isObject(value)) return null;
  const { state, startedAt, homeserverUrl, renews, oauth } = value;
  if (typeof state !== "string" || typeof startedAt !== "number") return null;
  if (typeof homeserverUrl !== "string" || !URL.canParse(homeserverUrl)) return null;
  if (renews !== null && typeof renews !== "string") return null;
  const parsed = oauth === null ? null : parseOAuth(oauth);
  if (parsed === undefined) return null;
  return { ...begun, state, startedAt, homeserverUrl, renews, oauth: parsed };
}

function parseOAuth(value: unknown): PendingOAuth | undefined {
  if (!isObject(value)) return undefined;
  const { issuer, clientId, deviceId, codeVerifier, redirectUri } = value;
  if (typeof issuer !== "string" || typeof clientId !== "string") return undefined;
  if (typeof deviceId !== "string" || typeof codeVerifier !== "string") return undefined;
  if (typeof redirectUri !== "string") return undefined;
  return { issuer, clientId, deviceId, codeVerifier, redirectUri };
}
