import type { SessionEvent, Unsubscribe } from "@/domain/ports";

export interface SessionEvents {
  readonly emit: (event: SessionEvent) => void;
  /** A new listener hears the latest sync state, carry-over and sign-out at once, if there were any. */
  readonly subscribe: (listener: (event: SessionEvent) => void) => Unsubscribe;
  /** Drops the listeners; nothing is heard after this. */
  end(): void;
}

/** Hands a session's events on. Repeated sync states and a second sign-out are dropped. */
export function createSessionEvents(): SessionEvents {
  const listeners = new Set<(event: SessionEvent) => void>();
  let sync: Extract<SessionEvent, { kind: "sync" }> | null = null;
  let carryOver: Extract<SessionEvent, { kind: "carry_over" }> | null = null;
  let signedOut: Extract<SessionEvent, { kind: "signed_out" }> | null = null;
  let ended = false;

  function isNews(event: SessionEvent): boolean {
    if (event.kind === "sync") {
      if (sync?.state === event.state) return false;
      sync = event;
    }
    if (event.kind === "carry_over") carryOver = event;
    if (event.kind === "signed_out") {
      if (signedOut !== null) return false;
      signedOut = event;
    }
    return true;
  }

  return {
    emit(event) {
      if (ended || !isNews(event)) return;
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      if (ended) return () => undefined;
      listeners.add(listener);
      queueMicrotask(() => {
        for (const missed of [sync, carryOver, signedOut]) {
          if (missed !== null && listeners.has(listener)) listener(missed);
        }
      });
      return () => void listeners.delete(listener);
    },
    end() {
      ended = true;
      listeners.clear();
    },
  };
}
