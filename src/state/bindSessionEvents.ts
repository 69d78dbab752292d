import type { LiveSession, SessionEvent, Unsubscribe } from "@/domain/ports";
import type { UploadAttempt } from "@/domain/uploadQueue";
import type { AppStore } from "./appStore";
import type { Invalidator } from "./invalidate";
import type { KeyBackupQueryName } from "./queries";

export interface SessionEventSinks {
  readonly store: AppStore;
  readonly invalidate: Invalidator;
  /** The server ended the session. May be told several times. */
  readonly onSignedOut: (soft: boolean) => void;
}

const EVERYTHING: readonly KeyBackupQueryName[] = [
  "backup",
  "backupWish",
  "unfinished",
  "trust",
  "activeVersion",
  "crossSigning",
  "secretStorage",
  "roomKeys",
  "rooms",
  "roomNames",
  "roomKeyCounts",
];

/**
 * Turns what a session says by itself into state. What arrives whole is stored; what is only a hint
 * makes the truth be read again. Returns its undo.
 */
export function bindSessionEvents(session: LiveSession, sinks: SessionEventSinks): Unsubscribe {
  return session.subscribe((event) => {
    apply(event, sinks);
  });
}

function apply(event: SessionEvent, { store, invalidate, onSignedOut }: SessionEventSinks): void {
  switch (event.kind) {
    case "sync": {
      const { sync, syncedOnce } = store.getState();
      const live = event.state === "live";
      store.setState({ sync: event.state, syncedOnce: syncedOnce || live });
      if (live && !syncedOnce) invalidate(EVERYTHING);
      // Whether the server can be reached at all is found out now, not with the next poll.
      else if (event.state === "offline" && sync !== "offline") invalidate(["backup"]);
      // What changed meanwhile may come without an event of its own.
      else if (live && sync !== "live")
        invalidate(["backup", "backupWish", "crossSigning", "secretStorage"]);
      return;
    }
    case "backup_status":
      // A version switch says false, then true: never the truth by itself. An upload error stays:
      // the SDK enables the backup again after each failure, and only an upload that works ends it.
      store.setState({ backupStatus: event.enabled });
      invalidate(["backup", "trust", "activeVersion", "roomKeys"]);
      return;
    case "backup_failed":
      store.setState({ uploadError: { code: event.code, at: Date.now() } });
      invalidate(["backup", "activeVersion", "roomKeys"]);
      return;
    case "upload_remaining": {
      const count = Math.max(0, event.count);
      store.setState({ uploadRemaining: { count, at: Date.now() }, uploadError: null });
      if (count === 0) invalidate(["backup", "roomKeys"]);
      return;
    }
    case "upload_attempt":
      onUploadAttempt(event.attempt, store);
      return;
    case "decryption_key_cached":
      store.setState({ keyCachedFor: event.version });
      invalidate(["trust", "activeVersion", "secretStorage"]);
      return;
    case "identity_changed":
      invalidate(["crossSigning", "trust", "secretStorage"]);
      return;
    case "secrets_changed":
      // Secrets change along with the backup, of which the server tells nothing by itself.
      invalidate(["backup", "secretStorage", "crossSigning", "keyEntryOptions", "backupWish"]);
      return;
    case "rooms_changed":
      invalidate(["rooms", "roomNames"]);
      return;
    case "carry_over":
      store.setState({
        carryOver: event.state,
        carryOverMissing: event.state === "incomplete" ? event.missing : [],
        carriedOver: event.state === "none" && event.carried > 0,
      });
      if (event.state !== "running") invalidate(["roomKeys", "rooms", "roomKeyCounts"]);
      return;
    case "signed_out":
      onSignedOut(event.soft);
  }
}

/**
 * What the server refuses, it will refuse again: that is an upload error at once. The SDK tells of
 * two refusals itself, and what fails in passing is left to the watch of the upload.
 */
function onUploadAttempt(attempt: UploadAttempt, store: AppStore): void {
  store.setState({ uploadAttempt: attempt });
  if (attempt.kind === "taken") store.setState({ uploadError: null, uploadFailingSince: null });
  if (attempt.kind === "failed") {
    store.setState(({ uploadFailingSince: since }) => ({
      uploadFailingSince: since ?? attempt.at,
    }));
  }
  if (attempt.kind !== "failed" || attempt.nextTryAt === null) return;
  const { status, code } = attempt.problem;
  if (status === null || status < 400 || status >= 500 || status === 429) return;
  store.setState({ uploadError: { code: code ?? `HTTP ${status}`, at: attempt.at } });
}
