import { expect, test } from "../fixtures/index.ts";
import { MatrixApi, MatrixApiError } from "../support/MatrixApi.ts";
import { OtherDevice } from "../support/OtherDevice.ts";
import { storedNames } from "../support/storedNames.ts";

test("a person signs in, reloads, and signs out without leaving anything behind", async ({
  account,
  dashboard: { page, signIn },
  synapse,
}) => {
  const tokens: string[] = [];
  page.on("request", (request) => {
    const header = request.headers()["authorization"];
    if (header !== undefined) tokens.push(header.replace("Bearer ", ""));
  });
  await signIn.signIn(account);

  await page.reload();
  await expect(page.getByTestId("device-state")).toBeVisible();
  await expect(page.getByText(account.userId).first()).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Sign out/ }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();

  const token = tokens.at(-1);
  expect(token).toBeDefined();
  const dead = new MatrixApi(synapse.url, {
    userId: account.userId,
    deviceId: "",
    accessToken: token ?? "",
  });
  await expect(dead.whoami()).rejects.toBeInstanceOf(MatrixApiError);
  const left = await storedNames(page);
  expect(left.databases.filter((name) => /crypto|matrix/i.test(name))).toEqual([]);
  expect(left.localStorage).toEqual([]);
  expect(left.records).toEqual([]);
});

test("nothing secret lies in the clear in the browser's storage", async ({
  account,
  dashboard: { page, signIn },
}) => {
  const tokens = new Set<string>();
  page.on("request", (request) => {
    const header = request.headers()["authorization"];
    if (header !== undefined) tokens.add(header.replace("Bearer ", ""));
  });
  await signIn.signIn(account);
  const left = await storedNames(page);
  expect(left.records.length).toBeGreaterThan(0);
  expect(tokens.size).toBeGreaterThan(0);
  const dump = JSON.stringify(left);
  for (const secret of [account.password, ...tokens]) expect(dump).not.toContain(secret);
});

test("a wrong password and an unknown user are refused in words, and the form stays", async ({
  account,
  dashboard: { page, signIn },
}) => {
  await signIn.open();
  await signIn.fill({ ...account, password: "not the password" });
  await signIn.submit();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "wrong_password");

  await signIn.fill({ ...account, username: "nobody-of-this-name" });
  await signIn.submit();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "wrong_password");

  await signIn.fill(account);
  await signIn.submit();
  await expect(page.getByTestId("device-state")).toBeVisible();
});

const badServers = [
  {
    name: "a server that cannot be reached",
    homeserver: "https://nowhere.test",
    code: /network|homeserver_not_found|timeout/,
    answer: null,
  },
  {
    name: "a server that is not Matrix",
    homeserver: "https://website.test",
    code: /not_matrix|homeserver_not_found/,
    answer: { status: 200, contentType: "text/html", body: "<h1>A web page</h1>" },
  },
  {
    name: "a server that answers 404 to everything",
    homeserver: "https://empty.test",
    code: /homeserver_not_found|not_matrix/,
    answer: { status: 404, contentType: "application/json", body: "{}" },
  },
] as const;

for (const server of badServers) {
  test(`${server.name} gets a clear message`, async ({ page, dashboard: { signIn } }) => {
    await page.route(`${server.homeserver}/**`, (route) =>
      server.answer === null
        ? route.abort("connectionrefused")
        : route.fulfill({ ...server.answer, headers: { "access-control-allow-origin": "*" } }),
    );
    await signIn.open();
    await signIn.fill({ homeserver: server.homeserver, username: "someone", password: "x" });
    await signIn.submit();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", server.code);
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  });
}

test("plain http to another computer is refused before any request", async ({
  page,
  dashboard: { signIn },
}) => {
  let asked = false;
  await page.route("http://plain.test/**", (route) => {
    asked = true;
    return route.abort();
  });
  await signIn.open();
  await signIn.fill({ homeserver: "http://plain.test", username: "someone", password: "x" });
  await signIn.submit();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "insecure_homeserver");
  expect(asked).toBe(false);
});

test("a user id finds its server, and the final host is shown before the password goes out", async ({
  account,
  page,
  dashboard: { signIn },
}) => {
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/login")) sent.push(request.url());
  });
  await page.route("https://people.test/.well-known/matrix/client", (route) =>
    route.fulfill({
      json: { "m.homeserver": { base_url: account.homeserver } },
      headers: { "access-control-allow-origin": "*" },
    }),
  );
  await signIn.open();
  await page.getByRole("textbox", { name: "Homeserver" }).fill("");
  await page.getByRole("textbox", { name: "Username" }).fill(`@${account.username}:people.test`);
  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(page.getByText(new URL(account.homeserver).host).first()).toBeVisible();
  expect(sent).toEqual([]);

  // Synapse knows the account by its own server name, so the password is refused; what counts is
  // that it went to the host that was shown, and only after a second press.
  await signIn.submit();
  await expect.poll(() => sent.length).toBe(1);
  expect(sent[0]).toContain(account.homeserver);
});

test("too many tries are answered with the time to wait", async ({
  account,
  page,
  dashboard: { signIn },
}) => {
  await page.route("**/_matrix/client/v3/login", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({
          status: 429,
          json: { errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests", retry_after_ms: 4000 },
          headers: { "access-control-allow-origin": "*" },
        })
      : route.continue(),
  );
  await signIn.open();
  await signIn.fill(account);
  await signIn.submit();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "rate_limited");
  await expect(page.getByText(/Try again in [1-4] s/)).toBeVisible();
});

test("for support: an access token of a fresh device goes on here, one of an app's device does not", async ({
  account,
  api,
  page,
  dashboard: { signIn, overview },
}) => {
  const ofAnApp = await OtherDevice.signIn({
    homeserverUrl: account.homeserver,
    username: account.username,
    password: account.password,
  });
  const use = async (token: string) => {
    await page.getByLabel("Access token").fill(token);
    await page.getByRole("button", { name: "Use this token" }).click();
  };
  await signIn.open();
  await page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
  await page.getByText("Advanced: use an access token").click();
  await use("syt_not_a_token");
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "token_refused");
  await use(ofAnApp.api.session?.accessToken ?? "");
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "token_device_in_use");
  ofAnApp.stop();
  // It was not ended by that.
  expect(await ofAnApp.api.whoami()).toMatchObject({ user_id: account.userId });

  const token = api.session?.accessToken ?? "";
  await use(token);
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
  const left = await storedNames(page);
  expect(JSON.stringify(left)).not.toContain(token);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(page.getByText("You are signed out")).toBeVisible({ timeout: 60_000 });
  await expect(api.whoami()).rejects.toBeInstanceOf(MatrixApiError);
});

test("a site for one homeserver shows its name and asks for no other", async ({
  account,
  page,
  dashboard: { signIn, overview },
}) => {
  await page.route("**/config.json", (route) =>
    route.fulfill({ json: { homeserver: { baseUrl: account.homeserver, name: "The Example" } } }),
  );
  await page.goto("/");
  await expect(page.getByText("The Example")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Homeserver" })).toHaveCount(0);
  await page.getByRole("textbox", { name: "Username" }).fill(account.username);
  await signIn.password.fill(account.password);
  await signIn.submit();
  await expect(overview.headline).toBeVisible({ timeout: 60_000 });
});

test("a mistake in config.json is named by its field", async ({ page }) => {
  await page.route("**/config.json", (route) =>
    route.fulfill({ json: { homeserver: { baseUrl: "http://matrix.example.org" } } }),
  );
  await page.goto("/");
  await expect(page.getByTestId("error")).toContainText("homeserver.baseUrl");
});
