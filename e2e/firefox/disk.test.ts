import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { describeFinding, findSecrets } from "../support/hygiene/findSecrets.ts";
import { noteProfileFiles } from "../support/hygiene/profileFiles.ts";
import { Recorder } from "../support/hygiene/Recorder.ts";
import { MatrixApi } from "../support/MatrixApi.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { FirefoxDashboard } from "./FirefoxDashboard.ts";
import { FirefoxProfile, launchFirefox } from "./FirefoxProfile.ts";

const control = { name: "control", value: "typed into a field that is no secret" };
const password = { name: "password", value: "a password that is made visible" };

/** Runs with a Firefox whose profile is a folder of its own, and watches it. */
async function withProfile(
  options: { readonly isPrivate: boolean },
  act: (dashboard: FirefoxDashboard, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "key-backup-firefox-"));
  const browser = await launchFirefox({ profile: folder, ...options });
  try {
    const url = inject("dashboardUrl");
    const profile = FirefoxProfile.ofBrowser(browser, [url, inject("synapseUrl")]);
    await act(new FirefoxDashboard(await profile.newPage(), url), folder);
    profile.expectNothingSeen();
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

it("leaves no field that was made visible in the file that Firefox comes back from", () =>
  withProfile({ isPrivate: false }, async (dashboard, folder) => {
    await dashboard.open();
    await dashboard.fill("Password", password.value);
    await dashboard.press("Show");
    await dashboard.page.evaluate(() => {
      const field = document.createElement("input");
      field.setAttribute("aria-label", "Control");
      document.body.append(field);
    });
    await dashboard.fill("Control", control.value);
    await waitUntil(
      async () => {
        const recorder = new Recorder();
        await noteProfileFiles(join(folder, "sessionstore-backups"), recorder);
        return findSecrets(recorder.sightings, [control], []).length > 0;
      },
      { what: "Firefox to note its open tabs", timeoutMs: 30_000, intervalMs: 500 },
    );
    const recorder = new Recorder();
    await noteProfileFiles(folder, recorder);
    expect(recorder.sightings.length).toBeGreaterThan(10);
    expect(findSecrets(recorder.sightings, [password], []).map(describeFinding)).toEqual([]);
  }));

it("works in a private window, reloads there, and leaves not even the name on the disk", () =>
  withProfile({ isPrivate: true }, async (dashboard, folder) => {
    const homeserver = inject("synapseUrl");
    const account = { homeserver, username: "private-fox", password: password.value };
    const { userId } = await new MatrixApi(homeserver).register(account.username, account.password);
    await dashboard.signIn(account);
    await dashboard.page.reload();
    await dashboard.see("device-state");
    await dashboard.seeText(userId);
    const recorder = new Recorder();
    await noteProfileFiles(folder, recorder);
    expect(recorder.sightings.length).toBeGreaterThan(10);
    const traces = [password, { name: "user id", value: userId }];
    expect(findSecrets(recorder.sightings, traces, []).map(describeFinding)).toEqual([]);
  }));
