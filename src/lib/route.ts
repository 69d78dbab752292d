/** The places inside a session that have an address of their own, after the `#`. */
export type Route = (typeof ROUTE_NAMES)[number];

const ROUTE_NAMES = [
  "overview",
  "rooms",
  "set-up",
  "unlock",
  "restore",
  "changed",
  "repair",
  "key-file",
] as const;

const HASHES: Readonly<Record<Route, string>> = {
  overview: "#/",
  rooms: "#/rooms",
  "set-up": "#/set-up",
  unlock: "#/unlock",
  restore: "#/restore",
  changed: "#/changed",
  repair: "#/repair",
  "key-file": "#/key-file",
};

const ROUTES = new Map<string, Route>(ROUTE_NAMES.map((route) => [HASHES[route], route]));

/** The address of a route, for links. */
export function hrefOf(route: Route): string {
  return HASHES[route];
}

/** The route a hash stands for; the overview when it stands for none. */
export function routeOf(hash: string): Route {
  return ROUTES.get(hash) ?? "overview";
}

/** Goes to a route as a link would: with an entry in the history. */
export function goTo(route: Route): void {
  window.location.hash = HASHES[route];
}
