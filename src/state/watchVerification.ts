import type { LiveSession, Unsubscribe } from "@/domain/ports";
import type { AppError } from "@/domain/errors";
import { type KeyWait, NO_KEY_WAIT } from "@/domain/keyWait";
import { type Clock, systemClock } from "@/lib/clock";
import type { AppStore } from "./appStore";
import type { Invalidator } from "./invalidate";

/** A key that has not come by then is called late, in ms. It took 0.8 to 1.3 s where it was measured. */
export const KEY_WAIT_MS = 20_000;

export interface VerificationWatch {
  /** Asks the other devices for the key once more and waits again. */
  readonly askAgain: () => Promise<void>;
  readonly stop: Unsubscribe;
}

/**
 * Shows the session's verification in the store, and after it waits for the backup's key. That the
 * key has come is said only by a read of the backup and of the key held here, never by an event.
 */
export function watchVerification(deps: {
  readonly session: LiveSession;
  readonly store: AppStore;
  readonly invalidate: Invalidator;
  readonly clock?: Clock;
}): VerificationWatch {
  const { session, store, invalidate, clock = systemClock } = deps;
  const { verification, keyBackup } = session;
  let stopTimer: Unsubscribe = () => undefined;
  /** Counts the waits: what was read for an earlier one says nothing about the present one. */
  let wait = 0;

  const show = (keyWait: KeyWait): void => store.setState({ keyWait });
  const isOpen = (): boolean => {
    const { kind } = store.getState().keyWait;
    return kind === "waiting" || kind === "late";
  };

  function begin(): void {
    stopTimer();
    const mine = ++wait;
    show({ kind: "waiting" });
    stopTimer = clock.startTimer(KEY_WAIT_MS, () => void giveUp(mine));
    void look(mine);
  }

  function end(result: KeyWait): void {
    stopTimer();
    wait++;
    show(result);
    invalidate(["backup", "trust", "activeVersion", "secretStorage", "crossSigning", "roomKeys"]);
  }

  /** Ends the wait when the key is here; else says what was in the way of looking, if anything. */
  async function look(mine: number): Promise<AppError | null> {
    const info = await keyBackup.fetchBackupInfo();
    if (mine !== wait) return null;
    if (!info.ok) return info.error;
    if (info.value === null) {
      end({ kind: "no_backup" });
      return null;
    }
    const trust = await keyBackup.readTrust(info.value);
    if (mine !== wait) return null;
    if (!trust.ok) return trust.error;
    if (trust.value.key === "match") end({ kind: "arrived", version: info.value.version });
    return null;
  }

  async function giveUp(mine: number): Promise<void> {
    const error = await look(mine);
    if (mine === wait && isOpen()) show({ kind: "late", error });
  }

  const unfollow = verification.subscribe((state) => {
    store.setState({ verification: state });
    if (state.kind !== "verified") return;
    invalidate(["crossSigning", "trust", "activeVersion", "secretStorage"]);
    if (state.flow.role === "newcomer") begin();
  });
  const unsubscribe = session.subscribe((event) => {
    if (event.kind === "decryption_key_cached" && isOpen()) void look(wait);
  });
  store.setState({ verification: verification.state(), keyWait: NO_KEY_WAIT });

  return {
    async askAgain() {
      if (!isOpen()) return;
      begin();
      await verification.requestKeys();
    },
    stop() {
      wait++;
      stopTimer();
      unfollow();
      unsubscribe();
    },
  };
}
