import { ChangedScreen } from "@/features/changed/ChangedScreen";
import { KeyFileScreen } from "@/features/key-file/KeyFileScreen";
import { OverviewScreen } from "@/features/overview/OverviewScreen";
import { RepairScreen } from "@/features/repair/RepairScreen";
import { RestoreScreen } from "@/features/restore/RestoreScreen";
import { RoomsScreen } from "@/features/rooms/RoomsScreen";
import { SetUpScreen } from "@/features/set-up/SetUpScreen";
import { UnlockScreen } from "@/features/unlock/UnlockScreen";
import type { Route } from "@/lib/route";

export const ROUTE_TITLES: Readonly<Record<Route, string>> = {
  overview: "Overview",
  rooms: "Rooms",
  "set-up": "Set up backup",
  unlock: "Enter recovery key",
  restore: "Restore history",
  changed: "The backup was changed",
  repair: "Repair key storage",
  "key-file": "Key file",
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
    case "changed":
      return <ChangedScreen />;
    case "repair":
      return <RepairScreen />;
    case "key-file":
      return <KeyFileScreen />;
  }
}
