/** What it means that nothing of a session is stored; said before sign-in and while it lasts. */
export const MEMORY_ONLY_MEANS =
  "Nothing is stored in this browser. Closing or reloading this tab signs you out: room keys that are not in your backup by then are gone with it.";

/** Nobody can tell the server when a tab is closed. */
export const DEVICE_STAYS =
  "The device then stays in your account’s list until you remove it from another device. Use “Sign out” to remove it at once.";

/** After a sign-out: another page has cookies of its own. `host`: where it is. */
export function stillSignedInAt(host: string): string {
  return `Signing out here does not sign you out at ${host}, or at whatever page it sent you to. On a shared computer, sign out there, too.`;
}

/** After a deletion on the server: what becomes of the room keys that are here. */
export function describeKeysHere(memoryOnly: boolean): string {
  return memoryOnly
    ? "The keys of this session are in this tab only, and go when it is closed or reloaded."
    : "The keys on this device are kept.";
}
