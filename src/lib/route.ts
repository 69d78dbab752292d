/** The places inside a session that have an address of their own, after the `#`. */
export type Route = "overview" | "rooms" | "set-up" | "unlock" | "restore";

const HASHES: Readonly<Record<Route, string>> = {
  overview: "#/",
  rooms: "#/rooms",
  "set-up": "#/set-up",
  unlock: "#/unlock",
  restore: "#/restore",
};

/** The address of a route, for links. */
export function hrefOf(route: Route): string {
  return HASHES[route];
}

/** The route a hash stands for; the overview when it stands for none. */
export function routeOf(hash: string): Route {
  switch (hash) {
    case HASHES.rooms:
      return "rooms";
    case HASHES["set-up"]:
      return "set-up";
    case HASHES.unlock:
      return "unlock";
    case HASHES.restore:
      return "restore";
    default:
      return "overview";
  }
}

/** Goes to a route as a link would: with an entry in the history. */
export function goTo(route: Route): void {
  window.location.hash = HASHES[route];
}
