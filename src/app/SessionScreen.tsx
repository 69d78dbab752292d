import { ChangeKeyScreen } from "@/features/change-key/ChangeKeyScreen";
import { ManageScreen } from "@/features/manage/ManageScreen";
import { UnfinishedNotice } from "@/features/manage/UnfinishedNotice";
import { OverviewScreen } from "@/features/overview/OverviewScreen";
import { ReplaceScreen } from "@/features/replace/ReplaceScreen";
import { ChangedScreen } from "@/features/changed/ChangedScreen";
import { KeyFileScreen } from "@/features/key-file/KeyFileScreen";
import { RepairScreen } from "@/features/repair/RepairScreen";
import { RestoreScreen } from "@/features/restore/RestoreScreen";
import { RoomsScreen } from "@/features/rooms/RoomsScreen";
import { CarryOverNote } from "@/features/session/CarryOverNote";
import { MemoryOnlyNote } from "@/features/session/MemoryOnlyNote";
import { UnstoredGuard } from "@/features/session/UnstoredGuard";
import { SetUpScreen } from "@/features/set-up/SetUpScreen";
import { UnfinishedChange } from "@/features/unfinished/UnfinishedChange";
import { TestKeyScreen } from "@/features/test-key/TestKeyScreen";
import { KeyEntryForm } from "@/features/unlock/KeyEntryForm";
import { UnlockScreen } from "@/features/unlock/UnlockScreen";
import { IncomingRequest } from "@/features/verify/IncomingRequest";
import { VerifyScreen } from "@/features/verify/VerifyScreen";
import type { Route } from "@/lib/route";
import { useForgottenErrand } from "@/state/actionHooks";

/** The screens of an open session, below what other devices may ask at any time. */
export function SessionScreen({ route, memoryOnly }: { route: Route; memoryOnly: boolean }) {
  useForgottenErrand(route);
  return (
    <>
      {memoryOnly ? <UnstoredGuard /> : null}
      {memoryOnly && route === "overview" ? <MemoryOnlyNote /> : null}
      <IncomingRequest route={route} />
      <CarryOverNote memoryOnly={memoryOnly} route={route} />
      <RoutedScreen route={route} />
    </>
  );
}

/** By route. Each has its own heading. */
function RoutedScreen({ route }: { route: Route }) {
  switch (route) {
    case "overview":
      return (
        <>
          <UnfinishedChange />
          <UnfinishedNotice />
          <OverviewScreen />
        </>
      );
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
    case "replace":
      return <ReplaceScreen />;
    case "change-key":
      return <ChangeKeyScreen />;
    case "test-key":
      // Features do not know each other: the one that has the form lends it through here.
      return <TestKeyScreen KeyForm={KeyEntryForm} />;
    case "manage":
      return <ManageScreen />;
    case "changed":
      return <ChangedScreen />;
    case "repair":
      return <RepairScreen />;
    case "key-file":
      return <KeyFileScreen />;
  }
}
