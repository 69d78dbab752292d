import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { SessionGateway } from "@/domain/ports";
import type { Result } from "@/domain/result";
import { originsOf, type RedirectAnswer } from "@/domain/signIn";
import { onRefusedConnection } from "@/lib/narrowConnections";
import { hasWebLocks } from "@/lib/pageAbilities";
import { acquireTabLock, takeOverTabLock, watchTabLock } from "@/lib/tabLock";
import { onWakeUp } from "@/lib/wakeUps";
import { readBegun } from "@/matrix/begunSignIn";
import { createAppServices } from "@/state/createAppServices";
import { createMemory } from "@/state/memory";
import { App } from "./App";
import { AppProviders } from "./AppProviders";
import type { AppConfig, ConfigProblem } from "./config";
import { ConfigErrorScreen } from "./ConfigErrorScreen";
import { ErrorScreen } from "./ErrorScreen";
import { gatewayOfFirstVisit, hasStoredNothing } from "./firstVisit";
import { guardConnections } from "./guardConnections";

/** Held by the one tab of this browser that works with the key store. */
const TAB_LOCK = "key-backup";

/** The sign-in page waits this long for a fresh page, in milliseconds. */
const REACH_MS = 3_000;

/** Starts the app when mounted. `dispose` closes the session and keeps what is stored. */
export interface MountedApp {
  mount(element: Element): void;
  dispose(): Promise<void>;
}

/** The composition root: the only place that knows all layers. */
export function createApp(
  config: Result<AppConfig, ConfigProblem>,
  answer: RedirectAnswer | null,
): MountedApp {
  const storage = browserStorage("localStorage");
  const tabStorage = browserStorage("sessionStorage");
  const memory = createMemory(storage);
  const gateway = gatewayOfFirstVisit(
    () => loadGateway(config.ok ? config.value.oauthClientIds : {}),
    () => hasStoredNothing(storage, tabStorage),
  );
  const { queryClient, ...services } = createAppServices({
    gateway: () => Promise.resolve(gateway),
    attachSession: async () => (await import("@/state/attachSession")).attachSession,
    lock: {
      exists: hasWebLocks(),
      acquire: (options) => acquireTabLock(TAB_LOCK, options),
      takeOver: (options) => takeOverTabLock(TAB_LOCK, options),
      watch: (listener) => watchTabLock(TAB_LOCK, listener),
    },
    memory,
    wakeUps: onWakeUp,
    leaveFor: (url) => window.location.assign(url),
  });
  const connections = guardConnections(services, originsOf, {
    reload: () => window.location.reload(),
    isReachable,
    onWakeUp,
    onRefused: onRefusedConnection,
    storage: tabStorage,
  });
  let root: Root | null = null;

  return {
    mount(element) {
      root = createRoot(element, import.meta.env.DEV ? {} : { onCaughtError: stayQuiet });
      root.render(
        <StrictMode>
          <ErrorScreen>
            {config.ok ? (
              <AppProviders services={services} queryClient={queryClient}>
                <App config={config.value} connections={connections} />
              </AppProviders>
            ) : (
              <ConfigErrorScreen problem={config.error} />
            )}
          </ErrorScreen>
        </StrictMode>,
      );
      if (config.ok) services.session.start(answer, readBegun(tabStorage));
    },
    async dispose() {
      root?.unmount();
      await services.session.dispose();
    },
  };
}

/** The SDK and the engine are most of the app's size; the first screen does not wait for them. */
async function loadGateway(clientIds: AppConfig["oauthClientIds"]): Promise<SessionGateway> {
  const [
    { createGateway },
    { createRestoreEngine },
    { createDecryptWorker },
    { createIdbCursorStore },
    { createMemoryCursorStore },
    { createBackupEntries },
    { createBackupSampler },
  ] = await Promise.all([
    import("@/matrix/gateway"),
    import("@/restore-engine/createRestoreEngine"),
    import("@/restore-engine/createDecryptWorker"),
    import("@/restore-engine/idbCursorStore"),
    import("@/restore-engine/memoryCursorStore"),
    import("@/restore-engine/createBackupEntries"),
    import("@/restore-engine/createBackupSampler"),
  ]);
  return createGateway({
    createBackupEntries: (source) =>
      createBackupEntries(source, { createWorker: createDecryptWorker }),
    sampler: createBackupSampler({ createWorker: createDecryptWorker }),
    redirects: {
      storage: browserStorage("sessionStorage"),
      // The folder that the app is served from, which may be below the root.
      appUrl: new URL(import.meta.env.BASE_URL, window.location.href).href,
      clientIds,
    },
    createRestoreEngine: ({ cursorDatabase, ...ports }) =>
      createRestoreEngine({
        ...ports,
        cursors:
          cursorDatabase === null
            ? createMemoryCursorStore()
            : createIdbCursorStore(cursorDatabase),
        createWorker: createDecryptWorker,
      }),
  });
}

/** Null where the browser forbids it; reading the property throws there. */
function browserStorage(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** Whether whoever serves the app answers. */
async function isReachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(REACH_MS);
    return (await fetch("/", { method: "HEAD", cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}

/** The error screen has the redacted report; the raw error may hold what should not be logged. */
function stayQuiet(): void {}
