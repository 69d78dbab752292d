import { readdir } from "node:fs/promises";
import type { APIRequestContext } from "@playwright/test";
import { contentType } from "../../scripts/lib/contentTypes.ts";
import { cacheControl, production, securityHeaders } from "../../scripts/lib/securityHeaders.ts";
import { expect, test } from "../fixtures/index.ts";
import { withNginx } from "../support/nginxSite.ts";

/** Header names are in lower case in answers. */
const wanted = Object.fromEntries(
  Object.entries(securityHeaders(production)).map(([name, value]) => [name.toLowerCase(), value]),
);

/** The paths of all files of the build that are for browsers. */
async function builtPaths(): Promise<string[]> {
  const dist = new URL("../../dist/", import.meta.url);
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/^[._]|\.(br|gz)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dist.pathname.length - 1))
    .map((path) => path.replace(/^\/*/, "/"));
}

async function expectHeaders(request: APIRequestContext, url: string, encoding = "identity") {
  const response = await request.get(url, { headers: { "Accept-Encoding": encoding } });
  const headers = response.headers();
  expect(headers, url).toMatchObject(wanted);
  return { status: response.status(), headers };
}

test("the ready nginx configuration sends every file as the preview does", async ({
  synapse,
  request,
}) => {
  await withNginx(synapse.url, async ({ url, brotli }) => {
    const paths = ["/", ...(await builtPaths())];
    const endings = new Set(paths.map((path) => path.replace(/^.*\./, "")));
    for (const ending of ["html", "js", "css", "wasm", "woff2", "json", "svg", "txt"]) {
      expect(endings).toContain(ending);
    }
    expect(paths.some((path) => /worker/.test(path))).toBe(true);
    for (const path of paths) {
      const { status, headers } = await expectHeaders(request, url + path);
      expect(status, path).toBe(200);
      expect(headers["content-type"]?.replace("; ", ";"), path).toBe(
        contentType(path === "/" ? "/index.html" : path).replace("; ", ";"),
      );
      expect(headers["cache-control"], path).toBe(cacheControl(path));
      if (path.startsWith("/assets/")) expect(headers["cache-control"]).toMatch(/immutable/);
      expect(headers["content-encoding"], path).toBeUndefined();
    }
    const wasm = url + (paths.find((path) => path.endsWith(".wasm")) ?? "");
    expect((await expectHeaders(request, wasm, "gzip")).headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "application/wasm",
      vary: "Accept-Encoding",
    });
    // Debian's module for it is not in every installation; without it gzip is what is sent.
    expect((await expectHeaders(request, wasm, "gzip, br")).headers["content-encoding"]).toBe(
      brotli ? "br" : "gzip",
    );
  });
});

test("the ready nginx configuration sends the headers on refusals too, and keeps none of these", async ({
  synapse,
  request,
}) => {
  await withNginx(synapse.url, async ({ url }) => {
    for (const path of [
      "/nothing-here",
      "/assets/gone-12345678.js",
      "/assets/",
      "/_headers",
      "/.vite/manifest.json",
    ]) {
      const { status, headers } = await expectHeaders(request, url + path);
      expect(status, path).toBe(404);
      expect(headers["cache-control"], path).toBe("no-cache");
    }
    const posted = await request.post(`${url}/`);
    expect(posted.status()).toBe(403);
    expect(posted.headers()).toMatchObject(wanted);
  });
});

test("the dashboard restores a backup as nginx serves it, under the production policy", async ({
  account,
  synapse,
  page,
  otherDevice,
  dashboard: { signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("One");
  await other.sendMessage(room, "one");
  await other.waitForBackupCount(1);
  await withNginx(synapse.url, async ({ url }) => {
    await page.goto(url);
    await signIn.fill({ ...account, homeserver: url });
    await signIn.submit();
    await page.getByTestId("device-state").waitFor({ timeout: 60_000 });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await restore.startRestore();
    await restore.summary();
  });
});
