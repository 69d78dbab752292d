import { StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { SessionGateway } from "@/domain/ports";
import type { Result } from "@/domain/result";
import type { RedirectAnswer } from "@/domain/signIn";
import { acquireTabLock, takeOverTabLock } from "@/lib/tabLock";
import { onWakeUp } from "@/lib/wakeUps";
import { createAppServices } from "@/state/createAppServices";
import { createMemory, type Memory } from "@/state/memory";
import { App } from "./App";
import { AppProviders } from "./AppProviders";
import type { AppConfig, ConfigProblem } from "./config";
import { ConfigErrorScreen } from "./ConfigErrorScreen";
import { ErrorScreen } from "./ErrorScreen";

/** Held by the one tab of this browser that works with the key store. */
const TAB_LOCK = "key-backup";

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
  const memory = createMemory(browserStorage("localStorage"));
  const { queryClient, ...services } = createAppServices({
    gateway: () => loadGateway(memory, config.ok ? config.value.oauthClientIds : {}),
    lock: {
      acquire: (options) => acquireTabLock(TAB_LOCK, options),
      takeOver: (options) => takeOverTabLock(TAB_LOCK, options),
    },
    memory,
    wakeUps: onWakeUp,
    leaveFor: (url) => window.location.assign(url),
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
                <App config={config.value} />
              </AppProviders>
            ) : (
              <ConfigErrorScreen problem={config.error} />
            )}
          </ErrorScreen>
        </StrictMode>,
      );
      if (config.ok) services.session.start(answer);
    },
    async dispose() {
      root?.unmount();
      await services.session.dispose();
    },
  };
}

/** The SDK and the engine are most of the app's size; the first screen does not wait for them. */
async function loadGateway(
  memory: Memory,
  clientIds: AppConfig["oauthClientIds"],
): Promise<SessionGateway> {
  const [
    { createGateway },
    { createRestoreEngine },
    { createDecryptWorker },
    cursors,
    { createBackupEntries },
    { createBackupSampler },
  ] = await Promise.all([
    import("@/matrix/gateway"),
    import("@/restore-engine/createRestoreEngine"),
    import("@/restore-engine/createDecryptWorker"),
    import("@/restore-engine/idbCursorStore"),
    import("@/restore-engine/createBackupEntries"),
    import("@/restore-engine/createBackupSampler"),
  ]);
  return createGateway({
    createBackupEntries: (source) => createBackupEntries(source),
    sampler: createBackupSampler({ createWorker: createDecryptWorker }),
    redirects: {
      storage: browserStorage("sessionStorage"),
      // The folder that the app is served from, which may be below the root.
      appUrl: new URL(import.meta.env.BASE_URL, window.location.href).href,
      clientIds,
    },
    isUploadOff: ({ userId, deviceId }) => memory.read(userId).uploadOffOn === deviceId,
    createRestoreEngine: ({ cursorDatabase, ...ports }) =>
      createRestoreEngine({
        ...ports,
        cursors: cursors.createIdbCursorStore(cursorDatabase),
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

/** The error screen has the redacted report; the raw error may hold what should not be logged. */
function stayQuiet(): void {}
