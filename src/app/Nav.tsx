import { hrefOf, type Route } from "@/lib/route";
import styles from "./Frame.module.css";

/** The two places of a session. Everything else belongs to the overview. */
export function Nav({ route }: { route: Route }) {
  const inRooms = route === "rooms";
  return (
    <nav className={styles.nav} aria-label="Main">
      <a href={hrefOf("overview")} aria-current={inRooms ? undefined : "page"}>
        Overview
      </a>
      <a href={hrefOf("rooms")} aria-current={inRooms ? "page" : undefined}>
        Rooms
      </a>
    </nav>
  );
}
