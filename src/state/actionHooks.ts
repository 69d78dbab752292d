import type { RestoreJob } from "@/domain/restoreJob";
import type { Route } from "@/lib/route";
import { useEffect } from "react";
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

/** What the history is being restored for, and the way to say so before going there. */
export function useRestoreErrand() {
  const { store } = useServices();
  return {
    restoreFor: useStore(store, (state) => state.restoreFor),
    setRestoreFor: (restoreFor: "replace" | null) => store.setState({ restoreFor }),
  };
}

/** The ways from an errand to the restore. */
const ON_THE_WAY: readonly Route[] = ["restore", "unlock", "verify"];

/**
 * Forgets what the history was to be restored for when the person is back at it, or has gone
 * elsewhere with no restore begun: a restore that is made for itself ends as always.
 */
export function useForgottenErrand(route: Route): void {
  const { store } = useServices();
  const isIdle = useStore(store, (state) => state.restoreJob.kind === "idle");
  useEffect(() => {
    const isBack = route === "replace";
    const isElsewhere = isIdle && !ON_THE_WAY.includes(route);
    if (isBack || isElsewhere) store.setState({ restoreFor: null });
  }, [store, route, isIdle]);
}
