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

/** Silences the logger that parts of the SDK use without asking their client. */
export function silenceSharedLogger(): void {
  if ("setLevel" in sharedLogger && typeof sharedLogger.setLevel === "function") {
    // The second argument keeps it from being written to localStorage.
    sharedLogger.setLevel("silent", false);
  }
}
