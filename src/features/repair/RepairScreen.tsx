import { useInvalidateKeyBackup, useLiveSession } from "@/state/hooks";
import { RepairView } from "./RepairView";

/** Puts key storage in order, one thing at a time. */
export function RepairScreen() {
  const { repair } = useLiveSession();
  return <RepairView repair={repair} onRepaired={useInvalidateKeyBackup()} />;
}
