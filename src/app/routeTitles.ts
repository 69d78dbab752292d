import type { Route } from "@/lib/route";

/** What the screens of a session are called; each says the same in its heading. */
export const ROUTE_TITLES: Readonly<Record<Route, string>> = {
  overview: "Overview",
  rooms: "Rooms",
  "set-up": "Set up backup",
  unlock: "Enter recovery key",
  verify: "Verify with another device",
  restore: "Restore history",
  replace: "Replace backup",
  "change-key": "Change recovery key",
  "test-key": "Test recovery key",
  manage: "Manage",
  changed: "The backup was changed",
  repair: "Repair key storage",
  "key-file": "Key file",
};
