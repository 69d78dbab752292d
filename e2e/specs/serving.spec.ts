import { readFile, readdir } from "node:fs/promises";
import { firstModules } from "../../scripts/lib/budget.mjs";
import { production, securityHeaders } from "../../scripts/lib/securityHeaders.ts";
import { expect, test } from "../fixtures/index.ts";

/** The build as `npm run budget` weighs it. */
async function readBuild(): Promise<Map<string, Buffer>> {
  const dist = new URL("../../dist/", import.meta.url);
  const assets = (await readdir(new URL("assets", dist))).map((name) => `assets/${name}`);
  const names = ["index.html", ...assets].filter((name) => /\.(html|js)$/.test(name));
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(new URL(name, dist))] as const),
    ),
  );
}

test("the sign-in page is there before the SDK, with no more code than the budget counts", async ({
  page,
  dashboard: { signIn },
}) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(js|wasm)$/.test(pathname)) asked.push(pathname.slice(1));
  });
  await signIn.open();
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toBeEditable();
  await page.waitForLoadState("networkidle");
  expect(asked.toSorted()).toEqual(firstModules(await readBuild()));
});

test("a page whose code does not arrive says so instead of staying blank", async ({ page }) => {
  await page.route("**/assets/*.js", (route) => route.abort());
  await page.goto("/");
  await expect(page.getByText("Key Backup", { exact: true })).toBeVisible();
  await expect(page.getByText("Still loading.")).toBeVisible();
  await page.unroute("**/assets/*.js");
  // Without the app's code a link is all that works.
  await page.getByRole("link", { name: "reload the page" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("Still loading.")).toBeHidden();
});

test("a session whose code does not arrive has its own screen, and a reload repairs it", async ({
  account,
  page,
  dashboard: { signIn },
}) => {
  const worker = "**/assets/createDecryptWorker-*.js";
  await page.route(worker, (route) => route.abort());
  await signIn.open();
  await signIn.fill(account);
  await signIn.submit();
  // No fault of the homeserver.
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "part_missing");
  await expect(page.getByLabel("Homeserver")).not.toBeFocused();
  await page.unroute(worker);
  await page.getByTestId("error").getByRole("button", { name: "Reload" }).click();
  const late = "**/assets/SessionScreen-*.js";
  await page.route(late, (route) => route.abort());
  await signIn.fill(account);
  await signIn.submit();
  const error = page.getByTestId("error");
  await expect(error).toHaveAttribute("data-code", "part_missing");
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await page.unroute(late);
  await error.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByTestId("device-state")).toBeVisible();
  await expect(page.getByText(account.userId).first()).toBeVisible();
});

test("every file is served with the security headers, the worker and the wasm too", async ({
  account,
  page,
  request,
  baseURL,
  otherDevice,
  dashboard: { signIn, restore },
}) => {
  const urls = new Set<string>([
    `${baseURL}/`,
    `${baseURL}/config.json`,
    `${baseURL}/nothing-here`,
  ]);
  page.context().on("request", (sent) => {
    if (sent.url().startsWith(baseURL ?? "-")) urls.add(sent.url().split("#")[0] ?? "");
  });
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("One");
  await other.sendMessage(room, "one");
  await other.waitForBackupCount(1);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  await restore.summary();

  const kinds = [...urls].map((url) => /\.(\w+)$/.exec(new URL(url).pathname)?.[1] ?? "html");
  for (const kind of ["html", "js", "css", "wasm", "woff2"]) expect(kinds).toContain(kind);
  expect(
    [...urls].some((url) => /worker/i.test(url)),
    "the worker is among them",
  ).toBe(true);
  // On loopback the policy lets http homeservers in, and nothing forces https.
  const {
    "Content-Security-Policy": _csp,
    "Strict-Transport-Security": _hsts,
    ...same
  } = securityHeaders(production);
  const others = Object.fromEntries(
    Object.entries(same).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const url of urls) {
    const response = await request.get(url);
    const headers = response.headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, url).toContain("default-src 'none'");
    expect(policy, url).toContain("require-trusted-types-for 'script'");
    expect(policy, url).toContain("frame-ancestors 'none'");
    expect(policy, url).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
    expect(headers, url).toMatchObject(others);
    if (url.endsWith(".wasm")) expect(headers["content-type"]).toBe("application/wasm");
  }
});
