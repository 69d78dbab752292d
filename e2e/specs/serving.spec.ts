import { readFile, readdir } from "node:fs/promises";
import { firstModules } from "../../scripts/lib/budget.mjs";
import { expect, test } from "../fixtures/index.ts";
import { expectEveryFile, expectRefusals } from "../support/expectServed.ts";

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

/** A method of the SDK's client that nothing here calls: where it stands, the SDK stands. */
const OF_THE_SDK = "peekInRoom";

test("the sign-in page is there before the SDK, with no more code than the budget counts", async ({
  account,
  page,
  dashboard: { signIn },
}) => {
  const build = await readBuild();
  const sdk = [...build].filter(([, code]) => code.includes(OF_THE_SDK)).map(([name]) => name);
  expect(sdk).toHaveLength(1);
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(js|wasm)$/.test(pathname)) asked.push(pathname.slice(1));
  });
  const held: (() => Promise<void>)[] = [];
  await page.route(`**/${sdk[0]}`, (route) => void held.push(() => route.continue()));
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toBeEditable();
  await page.waitForLoadState("networkidle");
  expect(asked.toSorted()).toEqual(firstModules(build));

  // Nobody is signed in without it: it is what was held back.
  await signIn.fill(account);
  await signIn.submit();
  await expect.poll(() => held.length).toBe(1);
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await Promise.all(held.map((release) => release()));
  await expect(page.getByTestId("device-state")).toBeVisible();
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
  request,
  baseURL,
}) => {
  const site = {
    url: baseURL ?? "",
    // On loopback the policy lets http homeservers in, and nothing forces https.
    serving: { loopbackHomeservers: true, strictTransport: false },
    encodings: { ahead: "br", onTheWay: "br" },
  } as const;
  await expectEveryFile(request, site);
  await expectRefusals(request, site);
});
