import { expect, faulty, KEYS } from "../fixtures/faulty.ts";
import { seedBackup } from "../support/seedBackup.ts";

const whole = { total: KEYS, imported: KEYS, already: 0, failed: 0, missing: 0 };
const answer = (status: number, body: object) =>
  ({ kind: "answer", status, type: "application/json", body: JSON.stringify(body) }) as const;

faulty(
  "a network that fails in every way loses no key and counts none twice",
  async ({ account, network, recoveryKey, dashboard: { page, signIn, restore } }) => {
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    network.failWith(
      answer(502, {}),
      { kind: "reset" },
      answer(429, { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 4_000 }),
      { kind: "cut", share: 0.4 },
      { kind: "cut", share: 0.8 },
    );
    await restore.startRestore();
    // Exactly as long as the server says, and said.
    await expect(page.getByTestId("restore-wait")).toContainText(/seconds/);
    expect(await restore.summary()).toEqual(whole);
    expect(network.keyRequests.filter((path) => path.includes("/keys?"))).toHaveLength(6);
  },
);

faulty(
  "a page in place of the backup, and bytes that stand still, are said, and trying again goes on",
  async ({ account, network, recoveryKey, dashboard: { page, signIn, restore } }) => {
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    const portal = "<!doctype html><title>Sign in to the hotel's network</title>";
    network.failWith({ kind: "answer", status: 200, type: "text/html", body: portal });
    await restore.startRestore();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "not_matrix");

    network.failWith({ kind: "hold", share: 0.5 });
    await page.getByRole("button", { name: "Retry" }).click();
    // No byte for 20 seconds; then the download is begun anew by itself. The room used last had
    // come by itself before the page was taken for what it is.
    expect(await restore.summary()).toEqual({ ...whole, imported: KEYS / 2, already: KEYS / 2 });
  },
);

faulty(
  "a second restore of an unchanged backup asks for nothing, and one after a change for what is new",
  async ({ account, api, network, recoveryKey, dashboard: { page, signIn, restore } }) => {
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await restore.startRestore();
    expect(await restore.summary()).toEqual(whole);

    await page.reload();
    const asked = network.keyRequests.length;
    await restore.startRestore();
    expect(await restore.summary()).toEqual({ ...whole, imported: 0, already: KEYS });
    expect(network.keyRequests).toHaveLength(asked);

    const backup = await api.backupVersion();
    const room = await api.createRoom({ name: "Later" });
    await seedBackup({
      api,
      version: backup?.version ?? "",
      backupPublicKey: String(backup?.auth_data["public_key"]),
      rooms: [room],
      count: 25,
    });
    await page.reload();
    await restore.startRestore();
    expect(await restore.summary()).toEqual({
      ...whole,
      total: KEYS + 25,
      imported: 25,
      already: KEYS,
    });
  },
);

faulty(
  "a full disk stops the restore, keeps what is in, and lets it go on when there is room",
  async ({ account, recoveryKey, baseURL, dashboard: { page, context, signIn, restore } }) => {
    const devtools = await context.newCDPSession(page);
    const origin = new URL(baseURL ?? "").origin;
    // From the start: the browser looks at the quota again only after what it had seen is used up.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 800_000 });
    await signIn.signIn(account);
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    await restore.startRestore();
    await expect(page.getByTestId("error").first()).toHaveAttribute("data-code", "storage");

    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await page.getByRole("button", { name: "Retry" }).click();
    const summary = await restore.summary();
    expect(summary).toMatchObject({ total: KEYS, failed: 0, missing: 0 });
    expect(summary.imported + summary.already).toBe(KEYS);
    expect(summary.already).toBeGreaterThan(0);
  },
);

faulty(
  "a page that was frozen in the middle goes on when it is woken",
  async ({ account, network, recoveryKey, dashboard: { page, context, signIn, restore } }) => {
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    network.failWith({ kind: "hold", share: 0.6 });
    await restore.startRestore();
    const done = async () => Number(await restore.progress.getAttribute("data-done"));
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(KEYS / 3);

    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    network.release();
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    expect(await restore.summary()).toEqual(whole);
  },
);

faulty(
  "a key store that the browser deletes under the restore is said to be gone, and a reload starts nothing on its ruins",
  async ({
    account,
    network,
    recoveryKey,
    baseURL,
    dashboard: { page, context, signIn, restore },
  }) => {
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    network.failWith({ kind: "hold", share: 0.6 });
    await restore.startRestore();
    const done = async () => Number(await restore.progress.getAttribute("data-done"));
    await expect.poll(done, { timeout: 60_000 }).toBeGreaterThan(KEYS / 3);

    const devtools = await context.newCDPSession(page);
    const origin = new URL(baseURL ?? "").origin;
    await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
    network.release();
    await expect(page.getByTestId("error").first()).toHaveAttribute("data-code", "storage");
    await page.reload();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  },
);
