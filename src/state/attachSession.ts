import type { LiveSession } from "@/domain/ports";
import type { QueryClient } from "@tanstack/react-query";
import { freshSessionState, type AppStore } from "./appStore";
import { bindSessionEvents } from "./bindSessionEvents";
import { createInvalidator } from "./invalidate";
import type { Memory } from "./memory";
import { rememberProofs } from "./noteProofs";
import { sessionKey } from "./queries";
import { trackSession } from "./trackSession";
import { type BackupWatch, watchBackup } from "./watchBackup";
import { watchUpload } from "./watchUpload";
import type { WorkTracker } from "./workTracker";
import { type VerificationWatch, watchVerification } from "./watchVerification";

/** An open session, its changes tracked and its proofs kept, with everything that follows it. */
export interface AttachedSession {
  readonly session: LiveSession;
  readonly watch: BackupWatch;
  readonly verification: VerificationWatch;
  /** From now on nothing the session says reaches the state. */
  readonly detach: () => void;
  /** Drops everything read through it. */
  readonly dropQueries: () => void;
}

export type AttachSession = (
  opened: LiveSession,
  deps: {
    readonly store: AppStore;
    readonly queryClient: QueryClient;
    readonly memory: Memory;
    readonly track: WorkTracker["track"];
    readonly onSignedOut: (soft: boolean) => void;
  },
) => AttachedSession;

/**
 * Connects an open session to the store and the queries, which begin with it. Of no use before there
 * is one, so it is loaded with the SDK.
 */
export const attachSession: AttachSession = (opened, deps) => {
  const { store, queryClient, memory, track, onSignedOut } = deps;
  const session = rememberProofs(trackSession(opened, track), { store, memory });
  noteSignedInAt(session, deps);
  const { lastRestore, lastKeyTest, proven } = memory.read(session.user.userId);
  const uploadOff = session.removal.isUploadOff();
  store.setState({ ...freshSessionState, lastRestore, lastKeyTest, proven, uploadOff });
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
};

/** Keeps the host of the page on which the person signed in: signing out here does not end that. */
function noteSignedInAt(
  { user, oauth }: LiveSession,
  { store, memory }: Parameters<AttachSession>[1],
): void {
  const { signedInAt } = store.getState();
  const isThis = signedInAt?.user.deviceId === user.deviceId;
  const host = oauth === null ? (isThis ? signedInAt.host : null) : new URL(oauth.issuer).host;
  if (host !== null) memory.write(user.userId, { signedInAt: host });
  store.setState({ signedInAt: null, stillSignedInAt: null });
}
