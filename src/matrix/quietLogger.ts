import { logger as sharedLogger, type Logger } from "matrix-js-sdk/lib/logger";

const nothing = (): void => undefined;

/**
 * The SDK writes message ciphertext, URLs and key ids to its log. None of it is kept: what matters
 * reaches the app as errors and events.
 */
export const quietLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  getChild: () => quietLogger,
};

/** Children of the shared logger that the SDK makes while its code loads, before anybody can ask. */
const MADE_EARLY = ["RoomStickyEvents"];

/**
 * Silences the logger that parts of the SDK use without asking their client, and all its children:
 * each of them starts at a level of its own and takes only the method factory from its parent.
 */
export function silenceSharedLogger(): void {
  if ("setLevel" in sharedLogger && typeof sharedLogger.setLevel === "function") {
    if ("methodFactory" in sharedLogger) sharedLogger.methodFactory = () => nothing;
    // The second argument keeps it from being written to localStorage.
    sharedLogger.setLevel("silent", false);
    // Asking for a child again gives it the parent's factory of now.
    for (const name of MADE_EARLY) sharedLogger.getChild(name);
  }
}
