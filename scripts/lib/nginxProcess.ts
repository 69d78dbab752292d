import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { example } from "./deployFiles.ts";
import { BROTLI_MODULE } from "./ensureNginx.mjs";
import { replaceInTurn } from "./replaceInTurn.ts";
import { startServer, type ServerProcess } from "./serverProcess.ts";

export interface NginxOptions {
  readonly nginx: string;
  /** Everything nginx writes goes here; exists. */
  readonly folder: string;
  readonly port: number;
  /** In the place of port 80, from which it only leads to https. */
  readonly httpPort: number;
  /** The text of docs/deploy/nginx.conf. */
  readonly site: string;
  /** The folder to serve. */
  readonly root: string;
  /** Directives for the site beside its own. */
  readonly also?: string;
}

export interface NginxProcess extends ServerProcess {
  /** Where it leads to https from. */
  readonly httpUrl: string;
  /** Whether it can send files that were compressed with brotli before. */
  readonly brotli: boolean;
}

/**
 * Runs nginx in the foreground with a site of its own, and resolves once it answers. The site is as
 * it stands, but on loopback without TLS and with another root.
 * @throws Error with nginx's words when it does not start
 */
export async function startNginx(options: NginxOptions): Promise<NginxProcess> {
  const { nginx, folder, port, httpPort, root, also = "" } = options;
  const brotli = existsSync(BROTLI_MODULE);
  const site = replaceInTurn(options.site, [
    [/^ +listen 443 ssl;$/m, `    listen 127.0.0.1:${port};`],
    [/^ +listen \[::\]:443 ssl;\n/m, ""],
    [/^ +ssl_certificate [^;]+;\n/m, ""],
    [/^ +ssl_certificate_key [^;]+;\n/m, ""],
    [`root ${example.root};`, `root ${root};\n${also}`],
    ["listen 80;", `listen 127.0.0.1:${httpPort};`],
    [/^ +listen \[::\]:80;\n/m, ""],
    ["#brotli_static on;", brotli ? "brotli_static on;" : "#brotli_static on;"],
  ]);
  writeFileSync(join(folder, "site.conf"), site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return `    ${name}_temp_path ${join(folder, name)};`;
  });
  const main = join(folder, "nginx.conf");
  writeFileSync(
    main,
    `${brotli ? `load_module ${BROTLI_MODULE};` : ""}
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
pid ${join(folder, "nginx.pid")};
error_log stderr;
events {}
http {
    access_log off;
${temporary.join("\n")}
    include ${join(folder, "site.conf")};
}
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(url, [nginx, "-p", folder, "-c", main]);
  return { ...server, httpUrl: `http://127.0.0.1:${httpPort}`, brotli };
}
