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

/** What discovery depends on: the same lookup need not be made twice. */
export function lookupKey(homeserver: string, username: string): string {
  return JSON.stringify([homeserver.trim(), serverNameOf(username)]);
}

/**
 * Whether a person who typed this has seen the host in it. Only then may the password go there
 * without showing the host first.
 */
export function isHostTyped(host: string, homeserver: string, username: string): boolean {
  const server = serverNameOf(username);
  return hostOf(homeserver) === host || (server !== null && hostOf(server) === host);
}
