import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { example } from "./deployFiles.ts";

export interface NginxOptions {
  readonly nginx: string;
  /** Everything nginx writes goes here; exists. */
  readonly folder: string;
  readonly port: number;
  /** The text of docs/deploy/nginx.conf. */
  readonly site: string;
  /** The folder to serve. */
  readonly root: string;
  /** Directives for the site beside its own. */
  readonly also?: string;
}

export interface NginxProcess {
  /** As in "http://127.0.0.1:4300", without a slash at the end. */
  readonly url: string;
  /** Whether it can send files that were compressed with brotli before. */
  readonly brotli: boolean;
  stop(): Promise<void>;
}

/** Debian's libnginx-mod-http-brotli-static. */
const BROTLI = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/**
 * The site as it is run here: on loopback without TLS, with another root. All else stays.
 * @throws Error when the site does not say what is to be replaced
 */
function siteForLoopback(
  site: string,
  { port, root, also = "", brotli }: { port: number; root: string; also?: string; brotli: boolean },
): string {
  const replacements: readonly (readonly [string | RegExp, string])[] = [
    [/^ +listen 443 ssl;$/m, `    listen 127.0.0.1:${port};`],
    [/^ +listen \[::\]:443 ssl;\n/m, ""],
    [/^ +ssl_certificate [^;]+;\n/m, ""],
    [/^ +ssl_certificate_key [^;]+;\n/m, ""],
    [`root ${example.root};`, `root ${root};\n${also}`],
    // The server that only leads to https.
    [/\nserver \{\n +listen 80;[^}]+\}\n$/, ""],
    ["#brotli_static on;", brotli ? "brotli_static on;" : "#brotli_static on;"],
  ];
  return replacements.reduce((text, [found, put]) => {
    const before = typeof found === "string" ? text.includes(found) : found.test(text);
    if (!before) throw new Error(`the nginx site has no ${String(found)}`);
    return text.replace(found, () => put);
  }, site);
}

/**
 * Runs nginx in the foreground with a site of its own, on loopback, and resolves once it answers.
 * @throws Error with nginx's words when it does not start
 */
export async function startNginx(options: NginxOptions): Promise<NginxProcess> {
  const { nginx, folder, port, site, root, also = "" } = options;
  const brotli = existsSync(BROTLI);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => {
    mkdirSync(join(folder, name), { recursive: true });
    return `    ${name}_temp_path ${join(folder, name)};`;
  });
  const main = join(folder, "nginx.conf");
  writeFileSync(join(folder, "site.conf"), siteForLoopback(site, { port, root, also, brotli }));
  writeFileSync(
    main,
    `${brotli ? `load_module ${BROTLI};` : ""}
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
  const child = spawn(nginx, ["-p", folder, "-c", main], { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      words += error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });
  const killWithParent = (): void => void child.kill("SIGTERM");
  process.once("exit", killWithParent);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    process.off("exit", killWithParent);
  };
  const url = `http://127.0.0.1:${port}`;
  const starting = new AbortController();
  void ended.then(() => starting.abort());
  while (!starting.signal.aborted) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return { url, brotli, stop };
    await delay(50);
  }
  throw new Error(`nginx did not start: ${words.trim()}`);
}
