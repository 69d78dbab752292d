import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { describeFinding, findSecrets } from "../support/hygiene/findSecrets.ts";
import { noteProfileFiles } from "../support/hygiene/profileFiles.ts";
import { Recorder } from "../support/hygiene/Recorder.ts";
import { waitUntil } from "../support/waitUntil.ts";
import { FirefoxDashboard } from "./FirefoxDashboard.ts";
import { launchFirefox } from "./FirefoxProfile.ts";

const control = { name: "control", value: "typed into a field that is no secret" };
const password = { name: "password", value: "a password that is made visible" };

it("leaves no field that was made visible in the file that Firefox comes back from", async () => {
  const folder = await mkdtemp(join(tmpdir(), "key-backup-firefox-"));
  const browser = await launchFirefox(folder);
  try {
    const dashboard = new FirefoxDashboard(await browser.newPage(), inject("dashboardUrl"));
    await dashboard.open();
    await dashboard.fill("Password", password.value);
    await dashboard.press("Show");
    await dashboard.page.evaluate(() => {
      const field = document.createElement("input");
      field.setAttribute("aria-label", "Control");
      document.body.append(field);
    });
    await dashboard.fill("Control", control.value);
    const recorder = new Recorder();
    await waitUntil(
      async () => {
        await noteProfileFiles(folder, recorder);
        return findSecrets(recorder.sightings, [control], []).some(({ place }) =>
          place.startsWith("sessionstore-backups/"),
        );
      },
      { what: "Firefox to note its open tabs", timeoutMs: 30_000, intervalMs: 500 },
    );
    expect(findSecrets(recorder.sightings, [password], []).map(describeFinding)).toEqual([]);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
});
