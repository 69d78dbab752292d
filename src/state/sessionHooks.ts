import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import type { OtherTab } from "@/domain/otherTab";
import type { SessionPhase } from "@/domain/session";
import type { BegunSignIn } from "@/domain/signIn";
import { useContext } from "react";
import { useStore } from "zustand";
import { type AppServices, StoreContext } from "./StoreContext";

/** What the hooks of this layer stand on; screens do not use it. */
export function useServices(): AppServices {
  const services = useContext(StoreContext);
  if (services === null) throw new Error("StoreContext is missing above this component");
  return services;
}

/** Where the session is; the screen follows from it. */
export function useSessionPhase(): SessionPhase {
  return useStore(useServices().store, (state) => state.phase);
}

/** While another tab has the session: what goes on there. */
export function useOtherTab(): OtherTab {
  return useStore(useServices().store, (state) => state.otherTab);
}

/** Why the last sign-in on another page came to nothing, or null. */
export function useSignInProblem(): AppError | null {
  return useStore(useServices().store, (state) => state.signInProblem);
}

/** What the last sign-in on another page was begun with, while nothing came of it. */
export function useBegunSignIn(): BegunSignIn | null {
  return useStore(useServices().store, (state) => state.begun);
}

/** The homeserver whose answer from another page is being exchanged, or null. */
export function useFinishingAt(): string | null {
  return useStore(useServices().store, ({ finishing, begun }) =>
    finishing && begun !== null ? begun.homeserver : null,
  );
}

/** The open session, or null. */
export function useOpenSession(): LiveSession | null {
  const session = useServices().session.liveSession();
  const phase = useSessionPhase();
  return phase.kind === "active" && session?.id === phase.sessionId ? session : null;
}

/** After signing out: the host of another page at which the person may still be signed in, or null. */
export function useStillSignedInAt(): string | null {
  return useStore(useServices().store, (state) => state.stillSignedInAt);
}
