import { OverviewScreen } from "@/features/overview/OverviewScreen";
import { RestoreScreen } from "@/features/restore/RestoreScreen";
import { RoomsScreen } from "@/features/rooms/RoomsScreen";
import { SetUpScreen } from "@/features/set-up/SetUpScreen";
import { UnlockScreen } from "@/features/unlock/UnlockScreen";
import { IncomingRequest } from "@/features/verify/IncomingRequest";
import { VerifyScreen } from "@/features/verify/VerifyScreen";
import type { Route } from "@/lib/route";

export const ROUTE_TITLES: Readonly<Record<Route, string>> = {
  overview: "Overview",
  rooms: "Rooms",
  "set-up": "Set up backup",
  unlock: "Enter recovery key",
  verify: "Verify with another device",
  restore: "Restore history",
};

/** The screens of an open session, below what other devices may ask at any time. */
export function SessionScreen({ route }: { route: Route }) {
  return (
    <>
      <IncomingRequest route={route} />
      <RoutedScreen route={route} />
    </>
  );
}

/** By route. Each has its own heading. */
function RoutedScreen({ route }: { route: Route }) {
  switch (route) {
    case "overview":
      return <OverviewScreen />;
    case "rooms":
      return <RoomsScreen />;
    case "set-up":
      return <SetUpScreen />;
    case "unlock":
      return <UnlockScreen />;
    case "verify":
      return <VerifyScreen />;
    case "restore":
      return <RestoreScreen />;
  }
}
