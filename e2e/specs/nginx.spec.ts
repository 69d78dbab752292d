import { production, securityHeaders } from "../../scripts/lib/securityHeaders.ts";
import { expect, test } from "../fixtures/index.ts";
import { withNginx } from "../support/deployedSites.ts";
import { expectEveryFile, expectRefusals } from "../support/expectServed.ts";

test("the ready nginx configuration sends every file as the preview does", async ({
  synapse,
  request,
}) => {
  await withNginx(synapse.url, async ({ url, brotli }) => {
    // Debian's module for brotli is not in every installation; without it gzip is what is sent.
    const encodings = { ahead: brotli ? "br" : "gzip", onTheWay: "gzip" } as const;
    await expectEveryFile(request, { url, serving: production, encodings });
  });
});

test("the ready nginx configuration sends the headers on refusals too, and keeps none of these", async ({
  synapse,
  request,
}) => {
  await withNginx(synapse.url, async ({ url, httpUrl }) => {
    const encodings = { ahead: "br", onTheWay: "gzip" } as const;
    await expectRefusals(request, { url, serving: production, encodings });

    // Over http it only leads to https, under its own name whatever it was asked as.
    const led = await request.get(`${httpUrl}/index.html?x=1`, { maxRedirects: 0 });
    expect(led.status()).toBe(301);
    expect(led.headers()["location"]).toBe("https://keys.example.org/index.html?x=1");
    const { "Strict-Transport-Security": _none, ...same } = securityHeaders(production);
    for (const [name, value] of Object.entries(same))
      expect(led.headers()[name.toLowerCase()], name).toBe(value);
    expect(led.headers()["server"] ?? "").not.toMatch(/\d/);
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
