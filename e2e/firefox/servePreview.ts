import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { findFreePort } from "../../scripts/lib/synapseProcess.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the production build is served with its production headers. */
    readonly dashboardUrl: string;
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** vitest's global set-up: `npm run preview` on a free port. Fails without a build in dist/. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await findFreePort();
  const server = spawn("node", ["scripts/preview.mjs", "--port", String(port)], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "exit");
  await new Promise<void>((resolve, reject) => {
    void ended.then(([code]) => reject(new Error(`the preview ended with exit code ${code}`)));
    server.stdout.on("data", (text: Buffer) => {
      if (text.includes("Serving")) resolve();
    });
  });
  project.provide("dashboardUrl", `http://localhost:${port}`);
  return async () => {
    server.kill("SIGTERM");
    await ended;
  };
}
