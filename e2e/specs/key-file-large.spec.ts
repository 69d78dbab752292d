import { randomBytes } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { expect, test } from "../fixtures/index.ts";
import { forgeExportedKey } from "../support/forgeRoomKey.ts";

const PASSPHRASE = "a few words for the file";
const KEYS = 20_000;
/** Each key was handed on this often, which makes it some times as long. */
const FORWARDED = 32;
/** The page answers within this long, in ms, whatever it is doing; this machine may be busy. */
const LONGEST_SILENCE_MS = 3_000;

/** Keeps the longest time between two turns of the page's own timer. */
function watchSilence(): void {
  let last = performance.now();
  Reflect.set(globalThis, "longestSilence", 0);
  setInterval(() => {
    const now = performance.now();
    const longest = Math.max(Number(Reflect.get(globalThis, "longestSilence")), now - last);
    Reflect.set(globalThis, "longestSilence", longest);
    last = now;
  }, 50);
}

test("a file of 50 MB with 20,000 keys is imported while the page stays alive", async ({
  account,
  page,
  dashboard: { signIn },
}, testInfo) => {
  test.setTimeout(300_000);
  const chain = Array.from({ length: FORWARDED }, () =>
    randomBytes(32).toString("base64").replace(/=+$/u, ""),
  );
  const keys = Array.from({ length: KEYS }, (_, index) => ({
    ...forgeExportedKey(`!room${index % 40}:localhost`),
    forwarding_curve25519_key_chain: chain,
  }));
  const path = testInfo.outputPath("keys.txt");
  const text = OlmMachine.encryptExportedRoomKeys(JSON.stringify(keys), PASSPHRASE, 100_000);
  expect(text.length).toBeGreaterThan(50_000_000);
  await writeFile(path, text);

  await signIn.signIn(account);
  await page.goto("/#/key-file");
  await page.getByLabel("Key file", { exact: true }).setInputFiles(path);
  await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
  await page.evaluate(watchSilence);
  await page.getByRole("button", { name: "Import keys" }).click();
  const importing = page.getByTestId("import-keys");
  await expect(importing).toHaveAttribute("data-stage", "imported", { timeout: 240_000 });
  await expect(importing).toHaveAttribute("data-total", String(KEYS));
  await expect(importing).toHaveAttribute("data-added", String(KEYS));
  await expect(importing).toHaveAttribute("data-failed", "0");
  const silence = Number(await page.evaluate(() => Reflect.get(globalThis, "longestSilence")));
  testInfo.annotations.push({ type: "longest silence in ms", description: String(silence) });
  expect(silence).toBeLessThan(LONGEST_SILENCE_MS);
});

test("a file that is too large to be read is refused with the limit, before it is read", async ({
  account,
  page,
  dashboard: { signIn },
}, testInfo) => {
  const path = testInfo.outputPath("huge.txt");
  await writeFile(path, "-----BEGIN MEGOLM SESSION DATA-----\n");
  await truncate(path, 300_000_001);
  await signIn.signIn(account);
  await page.goto("/#/key-file");
  await page.getByLabel("Key file", { exact: true }).setInputFiles(path);
  await page.getByLabel("Passphrase of the file").fill(PASSPHRASE);
  await page.getByRole("button", { name: "Import keys" }).click();
  await expect(page.getByTestId("error")).toHaveAttribute("data-code", "key_file");
  await expect(page.getByTestId("error")).toContainText("up to 300 MB");
  await expect(page.getByTestId("import-keys")).toHaveAttribute("data-stage", "failed");
});
