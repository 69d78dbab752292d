import type { SessionGateway } from "@/domain/ports";
import type { TabLock, TabLockNews, TabLockOptions } from "@/lib/tabLock";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import type { AttachSession } from "./attachSession";
import type { Memory } from "./memory";
import type { WakeUps } from "./resumeOnWakeUp";

/** One tab of a browser owns the session; null is "another tab has it". */
export interface TabLockPort {
  /** False where the browser has no locks: then nobody gets one, and nothing may be stored. */
  readonly exists: boolean;
  acquire(options: TabLockOptions): Promise<TabLock | null>;
  /** Asks the other tab to close its session, and waits for that. */
  takeOver(options: TabLockOptions): Promise<TabLock | null>;
  /** Tells what goes on in the other tab, until the returned function is called. */
  watch(listener: (news: TabLockNews) => void): () => void;
}

export interface SessionDeps {
  /** Loads the SDK's part of the app on demand; asked again after it rejected. */
  readonly gateway: () => Promise<SessionGateway>;
  /** Loads what connects an open session to the state. */
  readonly attachSession: () => Promise<AttachSession>;
  readonly lock: TabLockPort;
  readonly store: AppStore;
  readonly queryClient: QueryClient;
  readonly memory: Memory;
  /** Signs that the connection may be back. */
  readonly wakeUps: WakeUps;
  /** Goes to another page, which signs the person in. */
  readonly leaveFor: (url: string) => void;
}
