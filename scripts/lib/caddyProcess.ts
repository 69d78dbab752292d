import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { example } from "./deployFiles.ts";
import { replaceInTurn } from "./replaceInTurn.ts";
import { startServer, type ServerProcess } from "./serverProcess.ts";

export interface CaddyOptions {
  readonly caddy: string;
  /** Everything Caddy writes goes here; exists. */
  readonly folder: string;
  readonly port: number;
  /** The text of docs/deploy/Caddyfile. */
  readonly site: string;
  /** The folder to serve. */
  readonly root: string;
}

/**
 * Runs Caddy in the foreground with a site of its own, and resolves once it answers. The site is as
 * it stands, but on loopback without TLS and with another root.
 * @throws Error with Caddy's words when it does not start
 */
export async function startCaddy(options: CaddyOptions): Promise<ServerProcess> {
  const { caddy, folder, port, site, root } = options;
  const url = `http://127.0.0.1:${port}`;
  const text = replaceInTurn(site, [
    [`\n${example.host} {`, `\n${url} {`],
    [`root * ${example.root}`, `root * ${root}`],
  ]);
  const file = join(folder, "Caddyfile");
  // Without its API, which would be on a port of its own.
  writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${text}`);
  return startServer(url, [caddy, "run", "--config", file, "--adapter", "caddyfile"], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
}
