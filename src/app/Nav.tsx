import { hrefOf, type Route } from "@/lib/route";
import styles from "./Frame.module.css";

/** The places of a session. Everything else belongs to the overview. */
const PLACES = [
  { route: "overview", name: "Overview" },
  { route: "rooms", name: "Rooms" },
  { route: "manage", name: "Manage" },
] as const satisfies readonly { route: Route; name: string }[];

export function Nav({ route }: { route: Route }) {
  const current = PLACES.find((place) => place.route === route)?.route ?? "overview";
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
