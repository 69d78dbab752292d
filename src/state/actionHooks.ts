import type { RestoreJob } from "@/domain/restoreJob";
import { useStore } from "zustand";
import { useServices } from "./sessionHooks";
import type { RestoreControl, SessionActions } from "./StoreContext";

// Apart from the other hooks: these are of use without a session, and those bring all that is read
// in one.

export function useSessionActions(): SessionActions {
  return useServices().session;
}

export function useRestoreJob(): { readonly job: RestoreJob } & RestoreControl {
  const { store, restore } = useServices();
  const job = useStore(store, (state) => state.restoreJob);
  return { job, ...restore };
}
