import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, HTTPRequest } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it, vi } from "vitest";
import { MatrixApi } from "../support/MatrixApi.ts";
import { OtherDevice } from "../support/OtherDevice.ts";
import { seedBackup } from "../support/seedBackup.ts";
import { decryptWorkerPath, startWorker } from "../support/plantedWorker.ts";
import { readStored } from "../support/storedNames.ts";
import { FirefoxDashboard } from "./FirefoxDashboard.ts";
import { FirefoxProfile, launchFirefox } from "./FirefoxProfile.ts";

const homeserver = inject("synapseUrl");
const dashboardUrl = inject("dashboardUrl");

let browser: Browser;
let downloads: string;
let profile: FirefoxProfile;
let account: { homeserver: string; username: string; password: string };
let accounts = 0;
let others: OtherDevice[] = [];

beforeAll(async () => {
  downloads = await mkdtemp(join(tmpdir(), "key-backup-downloads-"));
  browser = await launchFirefox({ downloads });
  console.log(await browser.version());
});
afterAll(async () => {
  await browser.close();
  await rm(downloads, { recursive: true, force: true });
});

beforeEach(async () => {
  accounts += 1;
  account = { homeserver, username: `fox-${accounts}`, password: `password of fox-${accounts}` };
  await new MatrixApi(homeserver).register(account.username, account.password);
  profile = await FirefoxProfile.make(browser, [homeserver, dashboardUrl]);
});
afterEach(async () => {
  for (const other of others) other.stop();
  others = [];
  await profile.close();
});

async function otherDevice(): Promise<OtherDevice> {
  const { username, password } = account;
  const device = await OtherDevice.signIn({ homeserverUrl: homeserver, username, password });
  others.push(device);
  return device;
}

async function newDashboard(): Promise<FirefoxDashboard> {
  return new FirefoxDashboard(await profile.newPage(), dashboardUrl);
}

it("signs in, unlocks, restores, reloads and signs out", async () => {
  const other = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Family");
  await other.sendWithOwnKeys(room, ["one of the past", "two of the past"]);
  const { count: real } = await other.waitForBackupCount(2);
  const seed = { api: other.api, version, backupPublicKey, rooms: [room, "!two:localhost"] };
  const { count } = await seedBackup({ ...seed, count: 400 });
  expect(count).toBe(real + 400);
  other.stop();

  const dashboard = await newDashboard();
  await dashboard.signIn(account);
  await dashboard.see("backup-state", { state: "untrusted", version, count: String(count) });
  await dashboard.press("Enter recovery key");
  await dashboard.fill("Recovery key", recoveryKey);
  await dashboard.press("Unlock");
  await dashboard.seeText("Your recovery key is right");
  await dashboard.press("Restore history");
  await dashboard.see("restore-summary");
  expect(await dashboard.dataOf("restore-summary")).toMatchObject({
    total: String(count),
    imported: String(count),
    already: "0",
    failed: "0",
    missing: "0",
  });
  // The worker decrypts by WebCrypto's X25519, and has no need of the WebAssembly yet.
  expect(profile.asked(/decrypt\.worker/)).toBe(true);
  expect(profile.asked(/wasmDecryptor/)).toBe(false);

  // Entries that WebCrypto cannot decrypt are judged by the WebAssembly, inside the worker.
  await seedBackup({ ...seed, count: 0, damaged: { undecryptable: 3, cut_ciphertext: 2 } });
  await dashboard.page.reload();
  await dashboard.press("Restore history");
  await dashboard.see("restore-summary");
  expect(await dashboard.dataOf("restore-summary")).toMatchObject({
    total: String(count + 5),
    imported: "0",
    already: String(count),
    failed: "5",
    missing: "0",
  });
  expect(profile.asked(/wasmDecryptor/)).toBe(true);

  await dashboard.open("#/rooms");
  await dashboard.seeText("two of the past");
  await dashboard.open("#/");
  await dashboard.see("backup-state", { state: "enabled", version, count: String(count + 5) });
  await dashboard.see("backup-trust", { signature: "trusted", key: "match" });

  await dashboard.press("Sign out");
  await dashboard.press("Sign out", '[role="dialog"]');
  await dashboard.page.waitForSelector('::-p-aria([name="Sign in"][role="button"])');
  const stored = await dashboard.page.evaluate(readStored);
  expect(stored).toEqual({ databases: ["key-backup"], localStorage: [], records: [] });
  const devices = await other.api.devices();
  expect(devices.some((device) => device.display_name?.startsWith("Key Backup"))).toBe(false);
  profile.expectNothingSeen();
});

it("sets a backup up, and another device opens it with the key that was shown", async () => {
  const dashboard = await newDashboard();
  await dashboard.signIn(account);
  await dashboard.press("Set up backup");
  await dashboard.press("Show recovery key");
  await dashboard.see("recovery-key");
  const key = await dashboard.textOf("recovery-key");
  await dashboard.press("Copy");
  await dashboard.seeText("Copied.");
  await dashboard.press("Download");
  await vi.waitFor(async () => {
    const [file = ""] = await readdir(downloads);
    expect(await readFile(join(downloads, file), "utf8")).toContain(key);
  });
  await dashboard.press("I have saved it");
  await dashboard.fill("Recovery key", key);
  await dashboard.press("Finish");
  await dashboard.seeHeading(/backup is (on|set up)|done/);
  await dashboard.open("#/");
  await dashboard.see("device-state", { state: "ok" });
  const other = await otherDevice();
  await other.unlock(key);
  expect(await other.status()).toMatchObject({
    verified: true,
    trust: { trusted: true, matchesDecryptionKey: true },
  });
  profile.expectNothingSeen();
});

it("lets a second tab take over, and the first one go on from there", async () => {
  const first = await newDashboard();
  await first.signIn(account);
  const second = await newDashboard();
  await second.open();
  await second.see("tab-lock");
  await second.press("Use here");
  await second.see("device-state");
  await first.see("tab-lock");
  // Back from another page, which may mean that this one was only kept asleep.
  await second.page.goto(`${homeserver}/`);
  await second.page.goBack();
  await second.see("device-state");
  // A tab that is gone frees the session at once.
  await second.page.close();
  await first.page.reload();
  await first.see("device-state");
  profile.expectNothingSeen();
});

it("sees what the stories must not do, in a page and in a worker", async () => {
  const dashboard = await newDashboard();
  await dashboard.open();
  await dashboard.page.evaluate(() => {
    console.warn("words");
    setTimeout(() => {
      throw new Error("thrown");
    });
    void fetch("https://third.party.test/").catch(() => undefined);
    const image = new Image();
    image.src = "https://pictures.test/";
  });
  await vi.waitFor(() => {
    expect(profile.console).toEqual(["warn: words"]);
    expect(profile.seen.pageErrors).toContain("Error: thrown");
    expect(profile.seen.foreignRequests).toContain("https://third.party.test");
    expect(profile.seen.cspViolations.join()).toContain("img-src");
  });
  // Firefox lets nothing be run inside a worker, so its script is sent with more in it.
  const path = await decryptWorkerPath();
  await dashboard.page.setRequestInterception(true);
  dashboard.page.on("request", (request) => {
    void (request.url().endsWith(path) ? plant(request) : request.continue());
  });
  await dashboard.page.evaluate(startWorker, path);
  await vi.waitFor(() => {
    expect(profile.console.join()).toContain("words of a worker");
    expect(profile.seen.pageErrors.join()).toContain("thrown in a worker");
    expect(profile.seen.foreignRequests).toContain("https://third.worker.test");
  });
});

/** Answers for a worker's script as the server does, with what no worker may do before it. */
async function plant(request: HTTPRequest): Promise<void> {
  const response = await fetch(request.url());
  const planted = `
    console.warn("words of a worker");
    setTimeout(() => { throw new Error("thrown in a worker"); });
    void fetch("https://third.worker.test/").catch(() => undefined);
  `;
  const {
    "content-encoding": _decoded,
    "content-length": _length,
    ...headers
  } = Object.fromEntries(response.headers);
  await request.respond({ status: 200, headers, body: planted + (await response.text()) });
}
