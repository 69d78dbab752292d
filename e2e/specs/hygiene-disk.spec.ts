import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dashboardOn, expect, test } from "../fixtures/index.ts";
import { UnlockPage } from "../pages/UnlockPage.ts";
import { secretsBehind } from "../support/hygiene/accountSecrets.ts";
import { describeFinding, findSecrets } from "../support/hygiene/findSecrets.ts";
import { noteProfileFiles } from "../support/hygiene/profileFiles.ts";
import { Recorder } from "../support/hygiene/Recorder.ts";
import type { Secret } from "../support/hygiene/secretForms.ts";

const CONTROL = "typed into a field that is no secret";

test("the browser's profile on the disk holds no secret, also of fields that were made visible", async ({
  account,
  otherDevice,
  playwright,
  baseURL,
  watchAlso,
}, testInfo) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const secrets: Secret[] = [
    { name: "password", value: account.password },
    ...(await secretsBehind(other.api, recoveryKey, "the")),
  ];
  other.stop();

  // Other profiles of the suite are in memory alone; this one is a folder.
  const folder = await mkdtemp(join(tmpdir(), "key-backup-profile-"));
  const { launchOptions } = testInfo.project.use;
  const options = { ...launchOptions, ...(baseURL === undefined ? {} : { baseURL }) };
  const context = await playwright.chromium.launchPersistentContext(folder, options);
  await watchAlso(context);
  const page = await context.newPage();
  page.on("request", (request) => {
    const token = request.headers()["authorization"]?.replace("Bearer ", "");
    if (token !== undefined && !secrets.some(({ value }) => value === token))
      secrets.push({ name: "access token", value: token });
  });
  const { signIn } = dashboardOn(page, context);
  await signIn.open();
  await signIn.fill(account);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(signIn.password).toHaveAttribute("type", "text");
  // Browsers note what is in the fields of a page when its address changes.
  await page.evaluate(() => {
    location.hash = "#/a-moment-later";
  });
  await signIn.submit();
  await page.getByTestId("device-state").waitFor();

  const unlock = new UnlockPage(page);
  await unlock.open();
  await unlock.keyField.fill(recoveryKey);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await expect(unlock.keyField).toHaveAttribute("type", "text");
  await page.evaluate((text) => {
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
    field.value = text;
    location.hash = "#/unlock?a-moment-later";
  }, CONTROL);
  await page.reload();
  await page.getByTestId("device-state").or(unlock.keyField).first().waitFor();
  await context.close();

  const recorder = new Recorder();
  await noteProfileFiles(folder, recorder);
  await rm(folder, { recursive: true, force: true });
  const control = findSecrets(recorder.sightings, [{ name: "control", value: CONTROL }], []);
  expect(control.map(({ place }) => place).join(), "an open field is noted").toContain("Sessions/");
  expect(secrets.map(({ name }) => name)).toContain("access token");
  expect(findSecrets(recorder.sightings, secrets, []).map(describeFinding)).toEqual([]);
});
