import { useCallback, useEffect, useRef } from "react";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { wipe } from "@/lib/bytes";

/** Keeps a recovery key out of React's state, and wipes it when told to and when the screen goes. */
export function useKeptKey() {
  const key = useRef<RecoveryKey | null>(null);
  const forget = useCallback(() => {
    wipe(key.current?.bytes ?? null);
    key.current = null;
  }, []);
  useEffect(() => forget, [forget]);
  return { key, forget };
}
