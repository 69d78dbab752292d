import type { SignedInUser } from "@/domain/session";
import { OverviewScreen } from "@/features/overview/OverviewScreen";
import { RestoreScreen } from "@/features/restore/RestoreScreen";
import { RoomsScreen } from "@/features/rooms/RoomsScreen";
import { SetUpScreen } from "@/features/set-up/SetUpScreen";
import { UnlockScreen } from "@/features/unlock/UnlockScreen";
import type { Route } from "@/lib/route";
import { Account } from "./Account";
import { Frame } from "./Frame";
import { Nav } from "./Nav";
import { useRoute } from "./useRoute";

const TITLES: Readonly<Record<Route, string>> = {
  overview: "Overview",
  rooms: "Rooms",
  "set-up": "Set up backup",
  unlock: "Enter recovery key",
  restore: "Restore history",
};

/** The screens of an open session, by route. Each has its own heading. */
export function SessionScreens({ user }: { user: SignedInUser }) {
  const route = useRoute();
  return (
    <Frame
      screen={route}
      title={TITLES[route]}
      account={<Account user={user} />}
      nav={<Nav route={route} />}
    >
      <Screen route={route} />
    </Frame>
  );
}

function Screen({ route }: { route: Route }) {
  switch (route) {
    case "overview":
      return <OverviewScreen />;
    case "rooms":
      return <RoomsScreen />;
    case "set-up":
      return <SetUpScreen />;
    case "unlock":
      return <UnlockScreen />;
    case "restore":
      return <RestoreScreen />;
  }
}
