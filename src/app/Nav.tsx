import { hrefOf, type Route } from "@/lib/route";
import styles from "./Frame.module.css";

/** The places of a session. */
const PLACES = [
  { route: "overview", name: "Overview" },
  { route: "rooms", name: "Rooms" },
  { route: "manage", name: "Manage" },
] as const satisfies readonly { route: Route; name: string }[];

/** Whose child a screen is; all others belong to the overview. */
const IN_MANAGE: ReadonlySet<Route> = new Set(["manage", "replace", "change-key", "key-file"]);

export function Nav({ route }: { route: Route }) {
  const current = IN_MANAGE.has(route) ? "manage" : route === "rooms" ? "rooms" : "overview";
  return (
    <nav className={styles.nav} aria-label="Main">
      {PLACES.map((place) => (
        <a
          key={place.route}
          href={hrefOf(place.route)}
          aria-current={place.route === current ? "page" : undefined}
        >
          {place.name}
        </a>
      ))}
    </nav>
  );
}
