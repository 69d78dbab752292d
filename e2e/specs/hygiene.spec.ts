import type { BrowserContext, Page } from "@playwright/test";
import { encodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/recovery-key.js";
import { randomBytes } from "node:crypto";
import { expect, test } from "../fixtures/index.ts";
import { ChangeKeyPage } from "../pages/ChangeKeyPage.ts";
import { TestKeyPage } from "../pages/TestKeyPage.ts";
import { UnlockPage } from "../pages/UnlockPage.ts";
import { secretsBehind } from "../support/hygiene/accountSecrets.ts";
import { allowances } from "../support/hygiene/allowances.ts";
import { describeFinding, findSecrets } from "../support/hygiene/findSecrets.ts";
import { lookAt, recordContext } from "../support/hygiene/recordContext.ts";
import { Recorder, type Sighting } from "../support/hygiene/Recorder.ts";
import type { Secret } from "../support/hygiene/secretForms.ts";
import { seedBackup } from "../support/seedBackup.ts";

/** The access tokens that the recorded answers to sign-ins gave. */
function accessTokens(recorder: Recorder): readonly Secret[] {
  const answers = recorder.sightings.filter(({ place }) => place.endsWith("/login answer"));
  return answers.flatMap(({ content }) => {
    const token = /"access_token":\s*"([^"]+)"/u.exec(String(content))?.[1];
    return token === undefined ? [] : [{ name: "access token", value: token }];
  });
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out" }).click();
  const button = page.getByRole("dialog").getByRole("button", { name: /^Sign out/ });
  await button.click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
}

/** What another app of the same origin may have left behind: the SDK's logger looks there. */
function wishForLogs(context: BrowserContext): Promise<unknown> {
  return context.addInitScript(() => {
    for (const name of ["loglevel", "loglevel:matrix", "loglevel:matrix-RoomStickyEvents"])
      localStorage.setItem(name, "TRACE");
  });
}

test("from set-up to sign-out no secret is anywhere but where it must be", async ({
  account,
  api,
  otherDevice,
  dashboard,
  anotherDashboard,
}) => {
  test.setTimeout(240_000);
  const recorder = new Recorder();
  const step = async (page: Page, moment: string, act: () => Promise<unknown>): Promise<void> => {
    recorder.at(moment);
    await act();
    await lookAt(page, recorder);
  };
  const secrets: Secret[] = [
    { name: "password", value: account.password },
    { name: "wrong password", value: "not the password, a secret of another account" },
  ];

  // The first device: signs in, sets the backup up, signs out.
  const { page } = dashboard;
  await recordContext(dashboard.context, recorder);
  await wishForLogs(dashboard.context);
  await step(page, "a wrong password", async () => {
    await dashboard.signIn.open();
    await dashboard.signIn.fill({ ...account, password: String(secrets[1]?.value) });
    await dashboard.signIn.submit();
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "wrong_password");
  });
  await step(page, "signing in", async () => {
    await dashboard.signIn.fill(account);
    await dashboard.signIn.submit();
    await expect(page.getByTestId("device-state")).toBeVisible();
  });
  let first = "";
  await step(page, "the new recovery key is shown", async () => {
    await dashboard.setUp.start();
    await page.getByRole("button", { name: "Show recovery key" }).click();
    first = (await dashboard.setUp.recoveryKey.innerText()).trim();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    await saved;
  });
  await step(page, "typing the key back", async () => {
    await page.getByRole("button", { name: "I have saved it" }).click();
    await dashboard.setUp.confirmField.fill(`${first.slice(0, -1)}${first.endsWith("2") ? 3 : 2}`);
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(dashboard.setUp.confirmField).toHaveAttribute("aria-invalid", "true");
  });
  await step(page, "the typed key is made visible", async () => {
    await dashboard.setUp.confirmField.fill(first);
    await page.getByRole("button", { name: "Show", exact: true }).click();
  });
  await step(page, "hiding it again", () =>
    page.getByRole("button", { name: "Hide", exact: true }).click(),
  );
  await step(page, "finishing the set-up", async () => {
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByRole("heading", { name: /backup is (on|set up)|done/i })).toBeVisible({
      timeout: 60_000,
    });
    await page.goto("/#/");
    await dashboard.overview.expectHeadline("ok");
  });
  secrets.push(...(await secretsBehind(api, first, "first")));

  const other = await otherDevice();
  await other.unlock(first);
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one of the past", "two of the past"]);
  const backup = await other.waitForBackupCount(2);
  for (const { session_key: value } of await other.exportRoomKeys())
    secrets.push({ name: "room key", value: Buffer.from(value, "base64").subarray(5) });
  const { count } = await seedBackup({
    api,
    version: backup.version,
    backupPublicKey: String(backup.auth_data.public_key),
    rooms: [room],
    count: 40,
    damaged: { undecryptable: 1, not_json: 1, bad_session_key: 1 },
  });
  other.stop();
  await step(page, "signing out of the first device", () => signOut(page));

  // The second device: unlocks, restores, tests and changes the key, signs out.
  const second = await anotherDashboard();
  const at = second.page;
  await recordContext(second.context, recorder);
  await wishForLogs(second.context);
  await step(at, "signing in on a second device", () => second.signIn.signIn(account));
  const unlock = new UnlockPage(at);
  await step(at, "the key of somebody else", async () => {
    const wrong = encodeRecoveryKey(randomBytes(32)) ?? "";
    secrets.push({ name: "wrong recovery key", value: wrong });
    await unlock.open();
    await unlock.enterKey(wrong);
    await expect(unlock.error).toBeVisible();
  });
  await step(at, "the entered key is made visible", async () => {
    await unlock.keyField.fill(first);
    await at.getByRole("button", { name: "Show", exact: true }).click();
  });
  await step(at, "unlocking", async () => {
    await at.getByRole("button", { name: "Hide", exact: true }).click();
    await at.getByRole("button", { name: "Unlock" }).click();
    await expect(at.getByText("Your recovery key is right")).toBeVisible();
  });
  await step(at, "restoring", async () => {
    await second.restore.startRestore();
    expect(await second.restore.summary()).toMatchObject({ total: count, failed: 3 });
    await at.goto("/#/rooms");
    await expect(at.getByRole("main")).toContainText("two of the past");
  });
  await step(at, "a reload", async () => {
    await at.reload();
    await expect(at.getByTestId("room").first()).toBeVisible();
  });
  await step(at, "testing the key", async () => {
    const testKey = new TestKeyPage(at);
    await testKey.openFromOverview();
    await testKey.enterKey(first, { all: true });
    await expect(testKey.result).toHaveAttribute("data-result", "partly");
  });
  const changeKey = new ChangeKeyPage(at);
  let changed = "";
  await step(at, "the changed recovery key is shown", async () => {
    await changeKey.open();
    changed = await changeKey.showNewKey();
  });
  await step(at, "changing the key", async () => {
    await changeKey.enterKey(first, "Change recovery key");
    await expect(changeKey.switched).toBeVisible();
    await changeKey.finish();
    await expect(changeKey.done).toBeVisible();
  });
  secrets.push(...(await secretsBehind(api, changed, "changed")));
  await step(at, "resetting the identity with the password", async () => {
    const { manage } = second;
    await manage.open();
    await manage.press("Reset identity");
    await manage.confirmField.fill("reset");
    await manage.password.fill(account.password);
    await manage.pressInDialog("Reset identity");
    await expect(at.getByTestId("reset-done")).toBeVisible({ timeout: 60_000 });
    await manage.pressInDialog("Set up a recovery key");
  });
  await step(at, "signing out of the second device", () => signOut(at));

  secrets.push(...accessTokens(recorder));
  expect(new Set(secrets.map(({ name }) => name)).size).toBe(17);
  expectAlive(recorder, account.userId);
  const findings = findSecrets(recorder.sightings, secrets, allowances);
  expect(findings.map(describeFinding)).toEqual([]);
  // The app itself has nothing to say to the console, and the SDK something on the way: redacted.
  const said = recorder.sightings.filter(({ channel, content }) => {
    const isBrowsersOwn = String(content).startsWith("Failed to load resource: ");
    return channel === "console" && !isBrowsersOwn;
  });
  const others = said.filter(({ content }) => !isOfSdk(String(content)));
  expect(others.map(({ place, moment, content }) => [moment, place, String(content)])).toEqual([]);
  for (const { content } of said) expect(String(content)).not.toContain(account.username);
});

/** What the SDK says, redacted, and nobody else. */
const isOfSdk = (content: string): boolean => /^"?SDK: /u.test(content);

/** Every recorder has seen what is no secret, so that its silence about secrets means something. */
function expectAlive(recorder: Recorder, userId: string): void {
  const alive = new Set(
    recorder.sightings
      .filter(({ content }) => content.includes(userId))
      .map(({ channel }) => channel),
  );
  for (const channel of ["network", "DOM", "React", "storage", "download"] as const)
    expect(alive, `the recorder of ${channel}`).toContain(channel);
  for (const channel of ["field", "history"] as const)
    expect(recorder.sightings.some((sighting) => sighting.channel === channel)).toBe(true);
  const isHeard = ({ channel, content }: Sighting): boolean =>
    channel === "console" && isOfSdk(String(content));
  expect(recorder.sightings.some(isHeard), "the recorder of the console").toBe(true);
}
