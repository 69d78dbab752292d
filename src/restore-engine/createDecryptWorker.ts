// oxlint-disable-next-line import/default -- the query makes Vite export the built worker's address
import decryptWorkerUrl from "./decrypt.worker?worker&url";

/** The parts of Trusted Types used here; not every browser and no TypeScript library has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}

declare global {
  // oxlint-disable-next-line no-var -- a global can be declared no other way
  var trustedTypes: TrustedTypes | undefined;
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | null = null;

/**
 * Starts the worker that decrypts backup entries. Under the app's Content-Security-Policy a worker
 * may only be started through the Trusted Types policy `app-worker`, which lets this one script
 * through. Throws when the browser refuses to start workers.
 */
export function createDecryptWorker(): Worker {
  return new Worker(trustedScriptUrl(decryptWorkerUrl), { type: "module", name: "decrypt" });
}

function trustedScriptUrl(url: string): string {
  if (globalThis.trustedTypes === undefined) {
    return url;
  }
  // Under enforcement the name can be used once per page, so the policy is kept.
  policy ??= globalThis.trustedTypes.createPolicy("app-worker", {
    createScriptURL(candidate) {
      if (candidate !== decryptWorkerUrl) {
        throw new TypeError("not a script of this app");
      }
      return candidate;
    },
  });
  return policy.createScriptURL(url);
}
