import { readdir } from "node:fs/promises";
import type { APIRequestContext } from "@playwright/test";
import { contentType, isCompressible } from "../../scripts/lib/contentTypes.ts";
import {
  allowedMethods,
  cacheControl,
  securityHeaders,
  type Serving,
  unkept,
} from "../../scripts/lib/securityHeaders.ts";
import { expect } from "../fixtures/index.ts";

/** A server of the build, and in what it may differ from the others. */
export interface Site {
  readonly url: string;
  readonly serving: Serving;
  /** How a browser that takes all of them gets the files compressed ahead, and the few others. */
  readonly encodings: { readonly ahead: "br" | "gzip"; readonly onTheWay: "br" | "gzip" };
  /** A path that its own HTTP library refuses before any configuration is asked. */
  readonly refusedUnasked?: string;
}

const dist = new URL("../../dist/", import.meta.url);

/** The paths of all files of the build, the first page and the files that were compressed ahead. */
async function readBuild(): Promise<{ paths: readonly string[]; ahead: ReadonlySet<string> }> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !/^[._]/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dist.pathname.length - 1))
    .map((path) => path.replace(/^\/*/, "/"));
  const paths = files.filter((path) => !/\.(br|gz)$/.test(path));
  const ahead = paths.filter((path) => files.includes(`${path}.br`));
  return { paths: ["/", ...paths], ahead: new Set(ahead) };
}

/** The whole of what is the same on every answer of a server; a name without a value is not there. */
async function ask(
  request: APIRequestContext,
  { url, serving }: Site,
  path: string,
  options: { readonly method?: string; readonly encoding?: string } = {},
) {
  const { method = "GET", encoding = "identity" } = options;
  const headers = { "Accept-Encoding": encoding };
  const response = await request.fetch(url + path, { method, headers, maxRedirects: 0 });
  const found = response.headers();
  const every = securityHeaders({ loopbackHomeservers: false, strictTransport: true });
  const wanted = securityHeaders(serving);
  for (const name of Object.keys(every))
    expect(found[name.toLowerCase()], `${name} of ${method} ${path}`).toBe(wanted[name]);
  expect(found["server"] ?? "", "a version").not.toMatch(/\d/);
  return { status: response.status(), headers: found };
}

/** Every file of the build: its headers, type, how long it is kept, and each way to compress it. */
export async function expectEveryFile(request: APIRequestContext, site: Site): Promise<void> {
  const { paths, ahead } = await readBuild();
  const endings = new Set(paths.map((path) => path.replace(/^.*\./, "")));
  for (const ending of ["html", "js", "css", "wasm", "woff2", "json", "svg", "txt"])
    expect(endings).toContain(ending);
  expect(paths.some((path) => /worker/.test(path))).toBe(true);
  expect([...ahead].some((path) => path.endsWith(".wasm"))).toBe(true);

  for (const path of paths) {
    const type = contentType(path === "/" ? "/index.html" : path);
    const { status, headers } = await ask(request, site, path);
    expect(status, path).toBe(200);
    expect(headers["content-type"]?.replace("; ", ";"), path).toBe(type.replace("; ", ";"));
    expect(headers["cache-control"], path).toBe(cacheControl(path));
    if (path.startsWith("/assets/")) expect(headers["cache-control"]).toMatch(/immutable/);
    expect(headers["content-encoding"], path).toBeUndefined();

    const { encodings } = site;
    const best = ahead.has(path) ? encodings.ahead : encodings.onTheWay;
    for (const [encoding, wanted] of [
      ["gzip", "gzip"],
      ["gzip, br", best],
    ] as const) {
      const answer = await ask(request, site, path, { encoding });
      expect(answer.headers["cache-control"], path).toBe(cacheControl(path));
      expect(answer.headers["content-type"], path).toBe(headers["content-type"]);
      if (!isCompressible(type)) expect(answer.headers["content-encoding"], path).toBeUndefined();
      else {
        expect(answer.headers["content-encoding"], `${path} for ${encoding}`).toBe(wanted);
        expect(answer.headers["vary"], path).toBe("Accept-Encoding");
      }
    }
  }
}

const refusals: readonly (readonly [method: string, path: string, status: number])[] = [
  ["GET", "/nothing-here", 404],
  ["HEAD", "/nothing-here", 404],
  ["GET", "/assets/gone-12345678.js", 404],
  ["GET", "/assets", 404],
  ["GET", "/assets/", 404],
  ["GET", "/index.html/", 404],
  ["GET", "/_headers", 404],
  ["GET", "/.vite/manifest.json", 404],
  ["GET", "/%zz", 400],
  ["GET", "/index.html%00.txt", 400],
  ["POST", "/", 405],
  ["OPTIONS", "/index.html", 405],
  ["DELETE", "/nothing-here", 405],
  ["PUT", "/_headers", 405],
];

/** What is refused has the headers too, says why by its status, and is kept by nobody. */
export async function expectRefusals(request: APIRequestContext, site: Site): Promise<void> {
  for (const [method, path, wanted] of refusals.filter(
    ([, each]) => each !== site.refusedUnasked,
  )) {
    const { status, headers } = await ask(request, site, path, { method });
    expect(status, `${method} ${path}`).toBe(wanted);
    expect(headers["cache-control"], `${method} ${path}`).toBe(unkept);
    expect(headers["allow"], `${method} ${path}`).toBe(
      wanted === 405 ? allowedMethods.join(", ") : undefined,
    );
  }
}
