import { expect, faulty, KEYS } from "../fixtures/faulty.ts";

const PUT_KEYS = /^PUT .*\/room_keys\/keys/;

faulty(
  "a backup deleted between two requests of an upload ends it, is said, and nothing is made in its place",
  async ({ account, api, network, seeded, dashboard: { page, signIn, restore, overview } }) => {
    faulty.setTimeout(240_000);
    const { version, recoveryKey } = seeded;
    await signIn.signIn({ ...account, homeserver: network.url });
    await restore.openUnlock();
    await restore.enterKey(recoveryKey);
    await expect(page.getByText("Your recovery key is right")).toBeVisible();
    await restore.startRestore();
    expect(await restore.summary()).toMatchObject({ imported: KEYS });
    seeded.other.stop();

    // The same backup made anew and empty: everything that is here goes up to it, a hundred keys a time.
    const before = await api.backupVersion(version);
    if (before === null) throw new Error("no backup");
    await api.deleteBackupVersion(version);
    const { algorithm, auth_data } = before;
    const second = network.holdChange({ of: PUT_KEYS, nth: 2 });
    const next = await api.createBackupVersion({ algorithm, auth_data });
    network.keyChanges.length = 0;
    await page.goto("/#/");
    await overview.checkAgain();
    const passOn = await second;
    const sent = (await api.backupVersion(next))?.count ?? 0;
    expect(sent, "the first request has ended").toBeGreaterThan(0);
    await api.deleteBackupVersion(next);
    passOn();

    await overview.expectBackup("none", { pending: String(KEYS) });
    const notice = page.getByTestId("backup-notice");
    await expect(notice).toHaveAttribute("data-kind", "disappeared");
    await expect(notice).toContainText(`version ${next}`);
    await expect(page.getByTestId("upload-queue")).toHaveAttribute("data-state", "no_backup");
    await overview.checkAgain();
    await overview.expectBackup("none", { pending: String(KEYS) });
    expect(network.keyChanges.map((change) => change.split("?")[0])).toEqual([
      "PUT /_matrix/client/v3/room_keys/keys",
      "PUT /_matrix/client/v3/room_keys/keys",
    ]);
    expect(await api.backupVersion()).toBeNull();
  },
);
