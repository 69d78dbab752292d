import { logger as sharedLogger, type Logger } from "matrix-js-sdk/lib/logger.js";

/** Set to see everything the SDK of every other device says. */
const loud = process.env["OTHER_DEVICE_DEBUG"] !== undefined;

/**
 * Parts of the SDK still write to one logger for all clients, which is a `loglevel` logger beneath
 * its narrower type; the loggers made from it take over its method factory.
 */
export function quietSharedLogger(): void {
  if (loud) return;
  const logger = sharedLogger as unknown as { methodFactory: unknown; rebuild(): void };
  logger.methodFactory = () => () => {};
  logger.rebuild();
}

/** Keeps the SDK from writing to the test's output. */
export function sdkLogger(prefix: string): Logger {
  const say = (level: string, message: readonly unknown[]): void => {
    if (loud) console.error(`[${prefix}] ${level}`, ...message);
  };
  return {
    trace: (...message: unknown[]) => say("trace", message),
    debug: (...message: unknown[]) => say("debug", message),
    info: (...message: unknown[]) => say("info", message),
    warn: (...message: unknown[]) => say("warn", message),
    error: (...message: unknown[]) => say("error", message),
    getChild: (name: string) => sdkLogger(`${prefix} ${name}`),
  };
}
