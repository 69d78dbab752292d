import { expect, test } from "../fixtures/index.ts";
import { MatrixApi } from "../support/MatrixApi.ts";

const texts = Array.from({ length: 12 }, (_, index) => `message number ${index + 1} of the past`);

test("a new device restores every key and reads real messages of another client", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, overview, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const family = await other.createEncryptedRoom("Family");
  const club = await other.createEncryptedRoom("Book club");
  await other.sendWithOwnKeys(family, texts.slice(0, 8));
  await other.sendWithOwnKeys(club, texts.slice(8));
  const { count } = await other.waitForBackupCount(texts.length);

  await signIn.signIn(account);
  await overview.expectHeadline("verify_this_device");
  await overview.expectBackup("untrusted", { version, count: String(count) });
  await overview.expectTrust("untrusted", "absent");
  await expect(overview.trust).toContainText("Not checked yet");

  // What the rooms say follows what is done about it, without a reload.
  const rooms = page.getByRole("main");
  await page.goto("/#/rooms");
  await expect(rooms).toContainText("is not open on this device");
  await rooms.getByRole("link", { name: "Enter recovery key" }).first().click();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await page.goto("/#/rooms");
  await expect(rooms).toContainText("not restored from the backup yet");
  await expect(rooms.getByRole("link", { name: "Restore history" }).first()).toBeVisible();
  await page.goto("/#/");
  await restore.startRestore();
  expect(await restore.summary()).toEqual({
    total: count,
    imported: count,
    already: 0,
    failed: 0,
    missing: 0,
  });

  await page.goto("/#/rooms");
  const familyRoom = page.getByRole("listitem").filter({ hasText: "Family" }).first();
  await expect(familyRoom).toContainText("message number 8 of the past");
  await expect(page.getByRole("main")).toContainText("message number 12 of the past");

  await page.goto("/#/");
  await overview.expectBackup("enabled", { version, count: String(count), pending: "0" });
  await overview.expectTrust("trusted", "match");
  await overview.expectHeadline("ok");
  const uploaded = await other.api.backupVersion();
  expect(uploaded?.count, "a restore uploads nothing").toBe(count);
  expect(uploaded?.etag).toBe((await other.waitForBackupCount(count)).etag);

  const device = (await other.api.devices()).find((candidate) =>
    candidate.display_name?.startsWith("Key Backup"),
  );
  const keys = await other.api.request<{
    device_keys: Record<string, Record<string, { signatures: Record<string, object> }>>;
  }>("POST", "/v3/keys/query", { body: { device_keys: { [account.userId]: [] } } });
  const signatures =
    keys.device_keys[account.userId]?.[device?.device_id ?? ""]?.signatures[account.userId] ?? {};
  expect(Object.keys(signatures), "signed by itself and by the identity").toHaveLength(2);
});

test("a second restore finds everything already here", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Twice");
  await other.sendWithOwnKeys(room, texts.slice(0, 4));
  const { count } = await other.waitForBackupCount(4);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect((await restore.summary()).imported).toBe(count);

  await page.reload();
  await restore.startRestore();
  expect(await restore.summary()).toEqual({
    total: count,
    imported: 0,
    already: count,
    failed: 0,
    missing: 0,
  });
});

test("a good cached key survives a wrong one, and nothing is fetched for a key with a typo", async ({
  account,
  otherDevice,
  dashboard: { page, signIn, restore, overview },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const stranger = await otherDevice();
  const foreignKey = (await stranger.crypto.createRecoveryKeyFromPassphrase()).encodedPrivateKey;
  await signIn.signIn(account);
  await restore.openUnlock();
  // The screen looks once by itself whether the account has a passphrase.
  await expect(page.getByTestId("unlock")).toHaveAttribute("data-passphrase", "no");

  const requests: string[] = [];
  page.on("request", (request) => {
    if (!/\/sync/.test(request.url())) requests.push(request.url());
  });
  const bare = recoveryKey.replaceAll(" ", "");
  const swapped = bare[20] === "2" ? "3" : "2";
  const messages = new Set<string>();
  for (const wrong of [
    bare.slice(0, -3),
    `${bare.slice(0, 20)}${swapped}${bare.slice(21)}`,
    `zz${bare.slice(2)}`,
    `${bare.slice(0, 10)}0OIl${bare.slice(14)}`,
  ]) {
    await restore.enterKey(wrong);
    await expect(restore.keyField).toHaveAttribute("aria-invalid", "true");
    const id = await restore.keyField.getAttribute("aria-describedby");
    const words = await Promise.all(
      (id ?? "").split(" ").map((part) => page.locator(`[id="${part}"]`).innerText()),
    );
    messages.add(words.join(" "));
  }
  expect(messages.size, "typo, length, prefix and characters are four messages").toBe(4);
  expect(requests.filter((url) => /room_keys|account_data/.test(url))).toEqual([]);

  await restore.enterKey(foreignKey ?? "");
  await expect(restore.keyField).toHaveAttribute("aria-invalid", "true");
  expect(requests.filter((url) => /room_keys\/keys/.test(url))).toEqual([]);

  await restore.enterKey(`  ${bare.slice(0, 11)}\u00a0${bare.slice(11, 30)}\t${bare.slice(30)} `);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  await page.goto("/#/");
  await page.goto("/#/unlock");
  await restore.enterKey(foreignKey ?? "");
  await expect(restore.keyField).toHaveAttribute("aria-invalid", "true");
  await page.goto("/#/");
  await overview.expectTrust("trusted", "match");
});

test("damaged entries and a short list are counted, not hidden", async ({
  account,
  otherDevice,
  api,
  dashboard: { page, signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Damaged");
  await other.sendWithOwnKeys(room, texts.slice(0, 5));
  await other.waitForBackupCount(5);
  other.stop();
  const good = await api.roomKeys(version);
  const sessions = Object.values(good[room]?.sessions ?? {});
  const base = sessions[0];
  if (base === undefined) throw new Error("no key in the backup");
  const data = base.session_data as Record<string, string>;
  await api.putRoomKeys(version, {
    [room]: {
      sessions: {
        broken: {
          ...base,
          session_data: { ...data, ciphertext: `AAAA${(data["ciphertext"] ?? "").slice(4)}` },
        },
        nothing: { ...base, session_data: null },
        // The same key once more, under a name that is not its own.
        mislabelled: base,
      },
    },
    notaroom: { sessions: { lost: base } },
  });
  const { count } = (await api.backupVersion()) ?? { count: -1 };
  expect(count).toBe(9);

  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  expect(await restore.summary()).toEqual({
    total: 9,
    imported: 5,
    already: 1,
    failed: 3,
    missing: 0,
  });
  await expect(
    page.getByText("1 entry of the backup stood under a wrong session id"),
  ).toBeVisible();
});

test("a server that sends fewer keys than it counts is caught", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Short");
  await other.sendWithOwnKeys(room, texts.slice(0, 4));
  const { count } = await other.waitForBackupCount(4);
  await page.route(/room_keys\/keys[/?]/, (route) =>
    route.fulfill({
      json: { rooms: {}, sessions: {} },
      headers: { "access-control-allow-origin": "*" },
    }),
  );
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  const summary = await restore.summary();
  expect(summary).toEqual({ total: 0, imported: 0, already: 0, failed: 0, missing: count });
});

test("a backup deleted elsewhere during the restore is named, and what came in stays", async ({
  account,
  otherDevice,
  page,
  dashboard: { signIn, restore },
}) => {
  const other = await otherDevice();
  const { recoveryKey, version } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("Gone");
  await other.sendWithOwnKeys(room, texts.slice(0, 2));
  await other.waitForBackupCount(2);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
  const api = await MatrixApi.signIn(account.homeserver, account.username, account.password);
  await api.deleteBackupVersion(version);
  await restore.startRestore();
  await expect(page.getByTestId("error").first()).toHaveAttribute(
    "data-code",
    /no_backup|backup_changed/,
  );
});
