import type { UnfinishedRemoval } from "@/domain/removalPorts";
import type { Reading } from "@/domain/reading";
import { useQuery } from "@tanstack/react-query";
import { useStore } from "zustand";
import { queriesOf, toReading, unreadOptions } from "./queries";
import { useOpenSession, useServices } from "./sessionHooks";
import type { SessionController } from "./StoreContext";

/** For changes that the person makes here: see SessionController. */
export function useChangeBackup(): SessionController["changeBackup"] {
  return useServices().session.changeBackup;
}

/** Whether this device uploads by the person's wish, and the switch. */
export function useUploadSwitch(): {
  readonly isOff: boolean;
  readonly switchUpload: SessionController["switchUpload"];
} {
  const { store, session } = useServices();
  return {
    isOff: useStore(store, (state) => state.uploadOff),
    switchUpload: session.switchUpload,
  };
}

/** What a crash or a lost connection has left half done. Unread before the first sync. */
export function useUnfinishedRemoval(): Reading<UnfinishedRemoval | null> {
  const session = useOpenSession();
  const enabled = useStore(useServices().store, (state) => state.syncedOnce) && session !== null;
  const queries = session === null ? null : queriesOf(session);
  return toReading(
    useQuery({
      ...(queries?.unfinished ?? unreadOptions<UnfinishedRemoval | null>("unfinished")),
      enabled,
    }),
  );
}
