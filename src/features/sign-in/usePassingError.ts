import { useEffect, useState } from "react";
import type { AppError } from "@/domain/errors";
import { onWakeUp } from "@/lib/wakeUps";

/** Calls `listener` when there may be a connection again. */
export function onConnection(listener: () => void): () => void {
  return onWakeUp(() => {
    if (navigator.onLine) listener();
  });
}

/** The error of the last try; that there was no connection is over when there is one. */
export function usePassingError() {
  const [error, setError] = useState<AppError | null>(null);
  const isOffline = error?.kind === "offline";
  useEffect(() => (isOffline ? onConnection(() => setError(null)) : undefined), [isOffline]);
  return [error, setError] as const;
}
