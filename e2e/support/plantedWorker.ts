import { readdir } from "node:fs/promises";

/** Of the build: a worker takes its policy from the answer that its script came with. */
export async function decryptWorkerPath(): Promise<string> {
  const names = await readdir(new URL("../../dist/assets/", import.meta.url));
  const name = names.find((each) => /^decrypt\.worker.*\.js$/.test(each));
  if (name === undefined) throw new Error("the build has no worker: run `npm run build`");
  return `/assets/${name}`;
}

/**
 * Starts a worker as the app does, and keeps it. To be run inside a page of any browser: it uses
 * nothing from outside itself.
 */
export function startWorker(path: string): void {
  const policy = globalThis.trustedTypes?.createPolicy("app-worker", {
    createScriptURL: (url) => url,
  });
  if (policy === undefined) throw new Error("this browser has no Trusted Types");
  Reflect.set(globalThis, "planted", new Worker(policy.createScriptURL(path), { type: "module" }));
}
