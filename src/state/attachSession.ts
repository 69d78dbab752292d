import type { LiveSession } from "@/domain/ports";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import { bindSessionEvents } from "./bindSessionEvents";
import { createInvalidator } from "./invalidate";
import type { Memory } from "./memory";
import { sessionKey } from "./queries";
import { type BackupWatch, watchBackup } from "./watchBackup";
import { watchUpload } from "./watchUpload";
import { type VerificationWatch, watchVerification } from "./watchVerification";

/** An open session with everything that follows it. */
export interface AttachedSession {
  readonly session: LiveSession;
  readonly watch: BackupWatch;
  readonly verification: VerificationWatch;
  /** From now on nothing the session says reaches the state. */
  readonly detach: () => void;
  /** Drops everything read through it. */
  readonly dropQueries: () => void;
}

/** Connects an open session to the store and the queries. */
export function attachSession(
  session: LiveSession,
  deps: {
    readonly store: AppStore;
    readonly queryClient: QueryClient;
    readonly memory: Memory;
    readonly onSignedOut: (soft: boolean) => void;
  },
): AttachedSession {
  const { store, queryClient, memory, onSignedOut } = deps;
  const invalidate = createInvalidator(queryClient, session.id);
  const watch = watchBackup({ session, queryClient, store, memory });
  const unwatchUpload = watchUpload({ session, queryClient, store });
  const verification = watchVerification({ session, store, invalidate });
  const unbind = bindSessionEvents(session, { store, invalidate, onSignedOut });
  return {
    session,
    watch,
    verification,
    detach() {
      unbind();
      verification.stop();
      unwatchUpload();
      watch.stop();
    },
    dropQueries() {
      queryClient.removeQueries({ queryKey: sessionKey(session.id) });
    },
  };
}
