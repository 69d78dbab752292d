import { OverviewScreen } from "@/features/overview/OverviewScreen";
import { RestoreScreen } from "@/features/restore/RestoreScreen";
import { RoomsScreen } from "@/features/rooms/RoomsScreen";
import { SetUpScreen } from "@/features/set-up/SetUpScreen";
import { TestKeyScreen } from "@/features/test-key/TestKeyScreen";
import { KeyEntryForm } from "@/features/unlock/KeyEntryForm";
import { UnlockScreen } from "@/features/unlock/UnlockScreen";
import type { Route } from "@/lib/route";

export const ROUTE_TITLES: Readonly<Record<Route, string>> = {
  overview: "Overview",
  rooms: "Rooms",
  "set-up": "Set up backup",
  unlock: "Enter recovery key",
  restore: "Restore history",
  "test-key": "Test recovery key",
};

/** The screens of an open session, by route. Each has its own heading. */
export function SessionScreen({ route }: { route: Route }) {
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
    case "test-key":
      // Features do not know each other: the one that has the form lends it through here.
      return <TestKeyScreen KeyForm={KeyEntryForm} />;
  }
}
