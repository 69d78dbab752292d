import type { ChangesPort } from "@/domain/changes";
import type { WorkTracker } from "./workTracker";

/**
 * The changes with what must not be cut short tracked. A replacement that waits for its upload is
 * not: that may take long, changes nothing, and goes on where it was.
 */
export function trackChanges(changes: ChangesPort, track: WorkTracker["track"]): ChangesPort {
  const { replace, recoveryKey } = changes;
  return {
    readUnfinished: () => changes.readUnfinished(),
    replace: {
      plan: (signal) => replace.plan(signal),
      run(key, options) {
        const { promise: uploading, resolve: uploads } = Promise.withResolvers<void>();
        const work = replace.run(key, {
          ...options,
          onStep(step) {
            if (step === "upload") uploads();
            options.onStep(step);
          },
        });
        void track(Promise.race([work, uploading])).catch(() => undefined);
        return work;
      },
      undo: (key) => track(replace.undo(key)),
      listOld: () => replace.listOld(),
      checkOld: (key, version, options) => replace.checkOld(key, version, options),
      deleteOld: (key, report) => track(replace.deleteOld(key, report)),
    },
    recoveryKey: {
      plan: () => recoveryKey.plan(),
      generateRecoveryKey: () => recoveryKey.generateRecoveryKey(),
      run: (newKey, oldKey, options) => track(recoveryKey.run(newKey, oldKey, options)),
      finish: (newKey) => track(recoveryKey.finish(newKey)),
      undo: (oldKey, newKey) => track(recoveryKey.undo(oldKey, newKey)),
    },
  };
}
