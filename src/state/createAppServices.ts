import type { QueryClient } from "@tanstack/react-query";
import { createAppStore } from "./appStore";
import { createQueryClient } from "./queryClient";
import { createSessionController } from "./sessionController";
import type { SessionDeps } from "./sessionDeps";
import type { AppServices } from "./StoreContext";

/**
 * The whole state layer of one page: the store, the query cache, the session and the restore. What
 * it needs from outside are the ways to the SDK, to the tab lock, to the browser's memory and to its
 * signs that the connection may be back.
 */
export function createAppServices(
  deps: Pick<SessionDeps, "gateway" | "attachSession" | "lock" | "memory" | "wakeUps" | "leaveFor">,
): AppServices & { readonly queryClient: QueryClient } {
  const store = createAppStore();
  const queryClient = createQueryClient();
  const { session, restore } = createSessionController({ ...deps, store, queryClient });
  return { store, queryClient, session, restore };
}
