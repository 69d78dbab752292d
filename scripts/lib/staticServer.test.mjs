import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { securityHeaders } from "./securityHeaders.ts";
import { startStaticServer } from "./staticServer.ts";

const script = "console.log('ready');\n".repeat(50);
const wasm = Buffer.concat([Buffer.from("\0asm"), Buffer.alloc(4000, 7)]);

/** @type {string} */
let folder;
/** @type {import("./staticServer.ts").StaticServer} */
let server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "static-server-"));
  const dist = join(folder, "dist");
  mkdirSync(join(dist, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "outside");
  writeFileSync(join(dist, "index.html"), "<!doctype html><title>Key Backup</title>");
  writeFileSync(join(dist, "config.json"), '{"defaultHomeserver":null}');
  writeFileSync(join(dist, "favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(join(dist, "_headers"), "/*\n");
  writeFileSync(join(dist, ".build"), "hash");
  writeFileSync(join(dist, "data.unknown"), "bytes");
  writeFileSync(join(dist, "assets", "index-Ab3_d-9x.js"), script);
  writeFileSync(join(dist, "assets", "decrypt.worker-Zz9Yy8Xx.js"), script);
  writeFileSync(join(dist, "assets", "index-Ab3_d-9x.css"), "body{color:red}");
  writeFileSync(join(dist, "assets", "crypto-Ab3_d-9x.wasm"), wasm);
  writeFileSync(join(dist, "assets", "inter-Ab3_d-9x.woff2"), "font");
  writeFileSync(join(dist, "assets", "built-Ab3_d-9x.js"), script);
  // A form of its own, so that it can be told where an answer is from.
  writeFileSync(join(dist, "assets", "built-Ab3_d-9x.js.br"), brotliCompressSync("by the build"));
  symlinkSync(join(folder, "secret.txt"), join(dist, "leak.txt"));
  server = await startStaticServer({
    folder: dist,
    port: 0,
    overrides: { "/config.json": '{"defaultHomeserver":"http://localhost:8008"}' },
  });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * A request whose path goes out exactly as written; fetch() would resolve ".." first.
 * @param {string} path
 * @param {{ method?: string, headers?: Record<string, string> }} [options]
 */
async function get(path, options = {}) {
  const { port } = new URL(server.url);
  const request = httpRequest({ host: "127.0.0.1", port, path, ...options }).end();
  /** @type {[import("node:http").IncomingMessage]} */
  // @ts-expect-error once() does not know the event's arguments
  const [response] = await once(request, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

const everyKind = [
  ["/", 200, "text/html; charset=utf-8"],
  ["/index.html", 200, "text/html; charset=utf-8"],
  ["/assets/index-Ab3_d-9x.js", 200, "text/javascript; charset=utf-8"],
  ["/assets/decrypt.worker-Zz9Yy8Xx.js", 200, "text/javascript; charset=utf-8"],
  ["/assets/index-Ab3_d-9x.css", 200, "text/css; charset=utf-8"],
  ["/assets/crypto-Ab3_d-9x.wasm", 200, "application/wasm"],
  ["/assets/inter-Ab3_d-9x.woff2", 200, "font/woff2"],
  ["/favicon.svg", 200, "image/svg+xml"],
  ["/config.json", 200, "application/json"],
  ["/data.unknown", 200, "application/octet-stream"],
  ["/missing", 404, "text/plain; charset=utf-8"],
  ["/%zz", 400, "text/plain; charset=utf-8"],
  ["/index.html%00.txt", 400, "text/plain; charset=utf-8"],
];

describe("every response", () => {
  it.each(everyKind)(
    "%s has its status, type and all security headers",
    async (path, status, type) => {
      const response = await get(String(path));
      expect(response.status).toBe(status);
      expect(response.headers["content-type"]).toBe(type);
      const expected = securityHeaders({ loopbackHomeservers: true, strictTransport: false });
      for (const [name, value] of Object.entries(expected)) {
        expect(response.headers[name.toLowerCase()]).toBe(value);
      }
      expect(response.headers["strict-transport-security"]).toBeUndefined();
    },
  );

  it("has them on 304 and 405 as well", async () => {
    const { headers } = await get("/");
    const unchanged = await get("/", { headers: { "If-None-Match": `"x", ${headers.etag}` } });
    expect(unchanged.status).toBe(304);
    expect(unchanged.body).toHaveLength(0);
    const refused = await get("/", { method: "POST" });
    expect(refused.status).toBe(405);
    expect(refused.headers["allow"]).toBe("GET, HEAD");
    for (const response of [unchanged, refused]) {
      expect(response.headers["content-security-policy"]).toBe(headers["content-security-policy"]);
      expect(response.headers["cross-origin-embedder-policy"]).toBe("require-corp");
    }
  });

  it.each([
    ["localhost:4173", undefined],
    ["127.0.0.1", undefined],
    ["[::1]:4173", undefined],
    ["app.localhost", undefined],
    ["backup.example.org", "max-age=63072000; includeSubDomains"],
    ["localhost.example.org", "max-age=63072000; includeSubDomains"],
  ])("under the name %s has the Strict-Transport-Security %s", async (host, value) => {
    const { headers } = await get("/", { headers: { host } });
    expect(headers["strict-transport-security"]).toBe(value);
  });
});

describe("files", () => {
  it("are cached for ever only under a name with a hash", async () => {
    expect((await get("/assets/index-Ab3_d-9x.js")).headers["cache-control"]).toBe(
      "public, max-age=31536000, immutable",
    );
    expect((await get("/")).headers["cache-control"]).toBe("no-cache");
    expect((await get("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
    for (const refused of [
      await get("/missing"),
      await get("/%zz"),
      await get("/", { method: "PUT" }),
    ])
      expect(refused.headers["cache-control"]).toBe("no-store");
  });

  it("are compressed as the browser asks, and vary by it", async () => {
    const path = "/assets/crypto-Ab3_d-9x.wasm";
    const brotli = await get(path, { headers: { "Accept-Encoding": "gzip, br" } });
    const gzip = await get(path, { headers: { "Accept-Encoding": "gzip" } });
    const plain = await get(path);
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(brotli.body)).toEqual(wasm);
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body)).toEqual(wasm);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body).toEqual(wasm);
    for (const { headers, body } of [brotli, gzip, plain]) {
      expect(headers["vary"]).toBe("Accept-Encoding");
      expect(headers["content-length"]).toBe(String(body.length));
    }
    expect(new Set([brotli, gzip, plain].map(({ headers }) => headers.etag)).size).toBe(3);
  });

  it("go out as the build compressed them, where it did", async () => {
    const path = "/assets/built-Ab3_d-9x.js";
    const brotli = await get(path, { headers: { "Accept-Encoding": "br" } });
    expect(brotliDecompressSync(brotli.body).toString()).toBe("by the build");
    const gzip = await get(path, { headers: { "Accept-Encoding": "gzip" } });
    expect(gunzipSync(gzip.body).toString()).toBe(script);
  });

  it("of fonts are sent as they are", async () => {
    const headers = { "Accept-Encoding": "gzip, br" };
    const font = await get("/assets/inter-Ab3_d-9x.woff2", { headers });
    expect(font.headers["content-encoding"]).toBeUndefined();
    expect(font.headers["vary"]).toBeUndefined();
  });

  it("are answered without a body to HEAD", async () => {
    const head = await get("/assets/index-Ab3_d-9x.js", { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe(String(script.length));
    expect(head.body).toHaveLength(0);
  });

  it("can be replaced, as config.json is", async () => {
    const { body } = await get("/config.json?x=1");
    expect(JSON.parse(String(body))).toEqual({ defaultHomeserver: "http://localhost:8008" });
  });

  it("of a new build are served at once", async () => {
    const path = join(folder, "dist", "late.txt");
    expect((await get("/late.txt")).status).toBe(404);
    writeFileSync(path, "one");
    expect(String((await get("/late.txt")).body)).toBe("one");
    writeFileSync(path, "two");
    utimesSync(path, new Date(0), new Date(0));
    expect(String((await get("/late.txt")).body)).toBe("two");
  });
});

describe("nothing else", () => {
  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "//secret.txt",
    "/leak.txt",
    "/_headers",
    "/.build",
    "/assets",
    "/assets/",
    "/index.html/x",
  ])("is served: %s", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(String(response.body)).toBe("Not found.\n");
  });
});

describe("a name longer than a file system allows", () => {
  it("is not found", async () => {
    expect((await get(`/${"a".repeat(5000)}`)).status).toBe(404);
  });
});

describe("a request that is not HTTP", () => {
  it("is refused with the security headers", async () => {
    const response = await get("secret.txt");
    expect(response.status).toBe(400);
    expect(response.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(response.headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("startStaticServer", () => {
  it("listens on both loopback addresses where there are two", async () => {
    const { port } = new URL(server.url);
    expect(server.url).toMatch(/^http:\/\/localhost:\d+$/);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).toBe(200);
  });

  it("says in one sentence that the port is in use, and holds on to nothing", async () => {
    const port = Number(new URL(server.url).port);
    await expect(startStaticServer({ folder, port })).rejects.toThrow(
      `Port ${port}, wanted for the dashboard, is in use`,
    );
  });

  it("ends open connections when it closes", async () => {
    const other = await startStaticServer({ folder: join(folder, "dist"), port: 0 });
    await fetch(other.url, { headers: { Connection: "keep-alive" } });
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
