/** The places inside a session that have an address of their own, after the `#`. */
export type Route = (typeof PLACES)[number][0];

const PLACES = [
  ["overview", "#/"],
  ["rooms", "#/rooms"],
  ["set-up", "#/set-up"],
  ["unlock", "#/unlock"],
  ["verify", "#/verify"],
  ["restore", "#/restore"],
  ["test-key", "#/test-key"],
  ["changed", "#/changed"],
  ["repair", "#/repair"],
  ["key-file", "#/key-file"],
  ["manage", "#/manage"],
  ["replace", "#/manage/replace"],
  ["change-key", "#/manage/change-key"],
] as const;

const HASHES = new Map<Route, string>(PLACES);
const ROUTES = new Map<string, Route>(PLACES.map(([route, hash]) => [hash, route]));

/** The address of a route, for links. */
export function hrefOf(route: Route): string {
  return HASHES.get(route) ?? "#/";
}

/** The route a hash stands for; the overview when it stands for none. */
export function routeOf(hash: string): Route {
  return ROUTES.get(hash) ?? "overview";
}

/** Goes to a route as a link would: with an entry in the history. */
export function goTo(route: Route): void {
  window.location.hash = hrefOf(route);
}
