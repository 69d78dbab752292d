import { useCarryOver, useKeyBackupOverview } from "@/state/hooks";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { isOnlyHere } from "./isOnlyHere";

/**
 * Has the browser ask before a tab is closed that may hold the only copy of a room key: of this
 * device, or of one that was ended and is not carried over yet, which no count speaks of.
 */
export function UnstoredGuard() {
  const ofThisDevice = isOnlyHere(useKeyBackupOverview());
  const ofEndedDevice = useCarryOver() !== "none";
  useUnloadGuard(ofThisDevice || ofEndedDevice);
  return null;
}
