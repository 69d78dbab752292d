import type { HomeserverTarget } from "@/domain/session";

/** Host (and port) an address stands for, as URLs write it; null when it is no address. */
export function hostOf(address: string): string | null {
  const text = address.trim();
  if (text === "") return null;
  try {
    return new URL(text.includes("://") ? text : `https://${text}`).host || null;
  } catch {
    return null;
  }
}

/** The server part of a user id `@name:server`, or null for a plain username. */
export function serverNameOf(username: string): string | null {
  const match = /^@[^:]*:(.+)$/.exec(username.trim());
  return match?.[1] ?? null;
}

/** What may be typed into the two fields of the form. */
export interface TypedNames {
  readonly homeserver: string;
  readonly username: string;
}

/** A user id in the homeserver's field names its server; as username it is taken if there is none. */
export function takeApart(typed: TypedNames): TypedNames {
  const server = serverNameOf(typed.homeserver);
  if (server === null) return typed;
  const { homeserver, username } = typed;
  return { homeserver: server, username: username.trim() === "" ? homeserver.trim() : username };
}

/** Whether a user id of `server` cannot be one of the homeserver at `address`; null: has to be asked. */
export function isOfOtherServer(server: string, address: string): boolean | null {
  if (hostOf(server) === hostOf(address)) return false;
  if (isThisComputer(server) && isThisComputer(address)) return false;
  // A server name is the one in all its user ids; a URL may be that of any server name.
  return address.includes("://") ? null : true;
}

/** What discovery depends on: the same lookup need not be made twice. */
export function lookupKey(homeserver: string, username: string): string {
  return JSON.stringify([homeserver.trim(), serverNameOf(username)]);
}

/** What stands in the form. */
export interface HomeserverInput extends TypedNames {
  /** The homeserver is the app's suggestion; nobody has entered it. */
  readonly suggested: boolean;
  /** This site is for this one homeserver: it is what counts, whatever a user id says. */
  readonly fixed: boolean;
}

/** The username as far as discovery may go by it. */
export function usernameForLookup({ username, fixed }: HomeserverInput): string {
  return fixed ? "" : username;
}

/**
 * What makes a host the right one for the password.
 * - `typed`: the person has seen it in what was typed, and it is theirs, or this site is for it. It
 *   may go there at once.
 * - `named`: discovery led to it. It must have been shown.
 * - `suggested`: the app's homeserver, for a user id of another server that did not name it (it
 *   cannot be reached, or says nothing). It must have been shown and agreed to.
 */
export type HostKnown = "typed" | "named" | "suggested";

/** How the host that was found for the form's input is known. */
export function howHostIsKnown(target: HomeserverTarget, input: HomeserverInput): HostKnown {
  if (input.fixed) return "typed";
  const { host, discoveredFrom } = target;
  const inField = hostOf(input.homeserver) === host;
  const server = serverNameOf(input.username);
  if (server === null || !input.suggested) {
    return inField || (server !== null && hostOf(server) === host) ? "typed" : "named";
  }
  if (hostOf(server) === host) return "typed";
  const namedByServer = discoveredFrom !== null && hostOf(discoveredFrom) === hostOf(server);
  // A server name of this computer means nothing elsewhere, so any server on it may be meant.
  if (namedByServer || (isThisComputer(server) && isThisComputer(host))) {
    return inField ? "typed" : "named";
  }
  return "suggested";
}

function isThisComputer(address: string): boolean {
  const name = (hostOf(address) ?? "").replace(/:\d+$/, "");
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}
