import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNginx } from "../../scripts/lib/ensureNginx.mjs";
import { type NginxProcess, startNginx } from "../../scripts/lib/nginxProcess.ts";
import { findFreePort } from "../../scripts/lib/synapseProcess.ts";

/**
 * Serves the production build with docs/deploy/nginx.conf while `work` runs. The homeserver is put
 * behind the same origin: under the production policy the page could not reach one on http.
 */
export async function withNginx(
  homeserverUrl: string,
  work: (nginx: NginxProcess) => Promise<void>,
): Promise<void> {
  const program = findNginx();
  if (program === null) throw new Error("nginx was not found: run the suite by `npm test -- e2e`");
  const folder = await mkdtemp(join(tmpdir(), "key-backup-nginx-"));
  const repository = new URL("../../", import.meta.url).pathname;
  try {
    const nginx = await startNginx({
      nginx: program,
      folder,
      port: await findFreePort(),
      site: await readFile(join(repository, "docs/deploy/nginx.conf"), "utf8"),
      root: join(repository, "dist"),
      also: `location ^~ /_matrix/ { limit_except GET POST PUT DELETE OPTIONS { deny all; } proxy_pass ${homeserverUrl}; }`,
    });
    try {
      await work(nginx);
    } finally {
      await nginx.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
