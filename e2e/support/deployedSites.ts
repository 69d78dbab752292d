import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCaddy } from "../../scripts/lib/caddyProcess.ts";
import { findNginx } from "../../scripts/lib/ensureNginx.mjs";
import { type NginxProcess, startNginx } from "../../scripts/lib/nginxProcess.ts";
import type { ServerProcess } from "../../scripts/lib/serverProcess.ts";
import { findFreePort } from "../../scripts/lib/synapseProcess.ts";

const repository = new URL("../../", import.meta.url).pathname;

/** Runs a server with a folder of its own and one of the ready files while `work` runs. */
async function withServer<S extends ServerProcess>(
  file: string,
  start: (options: { folder: string; port: number; site: string; root: string }) => Promise<S>,
  work: (server: S) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "key-backup-site-"));
  try {
    const server = await start({
      folder,
      port: await findFreePort(),
      site: await readFile(join(repository, "docs/deploy", file), "utf8"),
      root: join(repository, "dist"),
    });
    try {
      await work(server);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Serves the production build with docs/deploy/nginx.conf while `work` runs. The homeserver is put
 * behind the same origin: under the production policy the page could not reach one on http.
 */
export async function withNginx(
  homeserverUrl: string,
  work: (nginx: NginxProcess) => Promise<void>,
): Promise<void> {
  const nginx = findNginx();
  if (nginx === null) throw new Error("nginx was not found: run the suite by `npm test -- e2e`");
  const httpPort = await findFreePort();
  const also = `location ^~ /_matrix/ { limit_except GET POST PUT DELETE OPTIONS { deny all; } proxy_pass ${homeserverUrl}; }`;
  await withServer("nginx.conf", (site) => startNginx({ ...site, nginx, httpPort, also }), work);
}

/** Serves the production build with docs/deploy/Caddyfile while `work` runs. */
export async function withCaddy(
  caddy: string,
  work: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  await withServer("Caddyfile", (site) => startCaddy({ ...site, caddy }), work);
}
