/** What it means that nothing of a session is stored; said before sign-in and while it lasts. */
export const MEMORY_ONLY_MEANS =
  "Nothing is stored in this browser. Closing or reloading this tab signs you out: room keys that are not in your backup by then are gone with it.";

/** Nobody can tell the server when a tab is closed. */
export const DEVICE_STAYS =
  "The device then stays in your account’s list until you remove it from another device. Use “Sign out” to remove it at once.";
