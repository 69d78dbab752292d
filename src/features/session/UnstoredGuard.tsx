import { useKeyBackupOverview } from "@/state/hooks";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { isOnlyHere } from "./isOnlyHere";

/** Has the browser ask before a tab is closed that may hold the only copy of a room key. */
export function UnstoredGuard() {
  useUnloadGuard(isOnlyHere(useKeyBackupOverview()));
  return null;
}
