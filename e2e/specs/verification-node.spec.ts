import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { OtherVerification } from "../support/OtherVerification.ts";
import { storedNames } from "../support/storedNames.ts";
import { askFrom, compareEmoji, signInBeside } from "../support/verifyWith.ts";
import { signInUnlocked } from "../support/signInUnlocked.ts";

/** A helper that is the SDK alone, and the dashboard as the new device. */
test.describe("a new dashboard, helped by another app", () => {
  test.setTimeout(200_000);

  test("mismatch is an alarm on both sides, nothing is trusted, and a second try works", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, overview, verify },
  }) => {
    const helper = await otherDevice();
    await signInBeside(helper, { signIn, verify }, account);
    let there = await askFrom(() => verify.ask(), helper);
    await there.accept();
    await verify.press("Compare emoji");
    expect(await there.emoji(false)).toEqual(await verify.emoji());
    await there.mismatch();
    await verify.expectEnd("mismatch");
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "mismatch");
    await expectNoAccessibilityViolations(page, "mismatch");

    there = await askFrom(() => verify.press("Try again"), helper);
    await there.accept();
    await there.ready();
    // This time the other app chooses.
    const theirs = await there.emoji(true);
    expect(await verify.emoji()).toEqual(theirs);
    await verify.press("They do not match");
    expect(await there.cancelled()).toBe("m.mismatched_sas");
    await verify.expectEnd("mismatch");
    await page.goto("/#/");
    await overview.expectHeadline("verify_this_device");
    await overview.expectTrust("untrusted", "absent");
  });

  test("cancelled there and here, and forgotten by a reload: each next try works", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, verify },
  }) => {
    const helper = await otherDevice();
    await signInBeside(helper, { signIn, verify }, account);

    let there = await askFrom(() => verify.ask(), helper);
    await there.cancel();
    await verify.expectEnd("cancelled_there");

    there = await askFrom(() => verify.press("Try again"), helper);
    await there.accept();
    await verify.expectState("choosing");
    await verify.press("Cancel");
    await verify.expectEnd("cancelled_here");
    expect(await there.cancelled()).toBe("m.user");

    there = await askFrom(() => verify.press("Try again"), helper);
    await there.accept();
    await verify.expectState("choosing");
    await page.reload();
    expect(await there.cancelled()).toBe("m.user");
    await verify.expectState("none");

    there = await askFrom(() => verify.ask(), helper);
    await there.accept();
    await compareEmoji(verify, there);
    await there.done();
    await verify.expectKey("arrived");
  });

  test("timed out after ten minutes, said so, and a second try works", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, verify },
  }) => {
    const helper = await otherDevice();
    await page.clock.install();
    await signInBeside(helper, { signIn, verify }, account);
    let there = await askFrom(() => verify.ask(), helper);
    await page.clock.fastForward("10:05");
    await verify.expectEnd("timed_out");
    await there.cancelled();
    // A request from a clock that is five minutes ahead would not be heard at all.
    await page.clock.setSystemTime(new Date());

    there = await askFrom(() => verify.press("Try again"), helper);
    await there.accept();
    await verify.expectState("choosing");
  });

  test("a key that does not come is late, asked for again, and taken", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, overview, verify },
  }) => {
    const helper = await otherDevice();
    await page.clock.install();
    const { version } = await signInBeside(helper, { signIn, verify }, account);
    // The homeserver takes the request for the key and loses it.
    await page.route("**/sendToDevice/m.secret.request/*", (route) =>
      route.fulfill({ json: {}, headers: { "access-control-allow-origin": "*" } }),
    );
    const there = await askFrom(() => verify.ask(), helper);
    await there.accept();
    await compareEmoji(verify, there);
    await verify.expectKey("waiting");
    await expect(page.getByText("Waiting for the key…")).toBeVisible();
    await page.clock.fastForward(21_000);
    await verify.expectKey("late");
    await expect(page.getByRole("button", { name: "Enter recovery key" })).toBeVisible();
    await expectNoAccessibilityViolations(page, "the key is late");

    await page.unroute("**/sendToDevice/m.secret.request/*");
    await verify.press("Ask again");
    await verify.expectKey("arrived");
    await page.goto("/#/");
    await overview.expectBackup("enabled", { version });
    await overview.expectTrust("trusted", "match");
  });

  test("a new backup made elsewhere brings its key to the verified dashboard by itself", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, overview, verify },
  }) => {
    const helper = await otherDevice();
    await signInBeside(helper, { signIn, verify }, account);
    const there = await askFrom(() => verify.ask(), helper);
    await there.accept();
    await compareEmoji(verify, there);
    await verify.expectKey("arrived");
    // The recovery key is being asked for when the key comes.
    await page.goto("/#/unlock");
    const version = await helper.resetBackup();
    await expect(
      page.getByText(`no need to enter the recovery key for backup version ${version}`),
    ).toBeVisible({ timeout: 60_000 });
    await page.goto("/#/");
    await overview.expectBackup("enabled", { version });
    await overview.expectTrust("trusted", "match");
  });

  test("signing out after a verification leaves no key store behind", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, verify },
  }) => {
    const helper = await otherDevice();
    await signInBeside(helper, { signIn, verify }, account);
    const there = await askFrom(() => verify.ask(), helper);
    await there.accept();
    await expect(verify.root).toHaveAttribute("data-state", "choosing");
    await compareEmoji(verify, there);
    await verify.expectKey("arrived");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Sign out/ })
      .last()
      .click();
    await expect(page.getByRole("textbox", { name: "Homeserver" })).toBeVisible({
      timeout: 60_000,
    });
    const { databases } = await storedNames(page);
    expect(databases.filter((name) => name.includes("matrix-sdk-crypto"))).toEqual([]);
  });
});

test.describe("the dashboard helps", () => {
  test.setTimeout(200_000);

  test("a new device in, which then restores", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, restore, verify },
  }) => {
    const maker = await otherDevice();
    const { recoveryKey, version } = await maker.setUpBackup();
    const room = await maker.createEncryptedRoom("For the new one");
    await maker.sendMessage(room, "old");
    await maker.waitForBackupCount(1);
    await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
    await page.goto("/#/rooms");
    await maker.signOut();

    const newcomer = await otherDevice();
    const there = await OtherVerification.ask(newcomer);
    await expect(verify.request).toContainText("Your device Other device asks to be verified");
    await expectNoAccessibilityViolations(page, "a request");
    await verify.accept();
    await there.ready();
    const theirs = await there.emoji(true);
    expect(await verify.emoji()).toEqual(theirs);
    await there.confirm();
    await verify.press("They match");
    await there.done();
    await verify.expectState("verified");
    await expect(page.getByTestId("verified")).toBeVisible();
    await expect
      .poll(async () => (await newcomer.status()).trust)
      .toEqual({ trusted: true, matchesDecryptionKey: true });
    expect((await newcomer.status()).activeVersion).toBe(version);
    expect(await newcomer.restore()).toMatchObject({ total: 1, imported: 1 });
  });

  test("also when it is opened only after the new device has asked", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, restore, verify },
  }) => {
    const maker = await otherDevice();
    const { recoveryKey } = await maker.setUpBackup();
    await signInUnlocked({ page, signIn, restore }, account, recoveryKey);
    await maker.signOut();
    // Nobody listens while the new device signs in and asks.
    await page.goto("about:blank");
    const newcomer = await otherDevice();
    const there = await OtherVerification.ask(newcomer);
    await page.goto("/#/");
    await verify.accept();
    await there.ready();
    const theirs = await there.emoji(true);
    expect(await verify.emoji()).toEqual(theirs);
    await there.confirm();
    await verify.press("They match");
    await there.done();
    await expect
      .poll(async () => (await newcomer.status()).trust)
      .toEqual({ trusted: true, matchesDecryptionKey: true });
  });

  test("puts off, declines what was not its owner, and sees another device answer", async ({
    account,
    otherDevice,
    dashboard: { page, signIn, restore, verify },
  }) => {
    const other = await otherDevice();
    const { recoveryKey } = await other.setUpBackup();
    await signInUnlocked({ page, signIn, restore }, account, recoveryKey);

    const newcomer = await otherDevice();
    let there = await OtherVerification.ask(newcomer);
    await expect(verify.request).toBeVisible();
    await verify.press("Not now");
    await expect(verify.strip).toContainText("still waits for an answer");
    await verify.press("Answer");
    await verify.press("It was not me");
    expect(await there.cancelled()).toBe("m.user");
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "not_mine");
    await page.getByRole("button", { name: "Dismiss" }).click();

    const heard = OtherVerification.hear(other);
    there = await OtherVerification.ask(newcomer);
    await expect(verify.request).toBeVisible();
    await (await heard).accept();
    await expect(verify.strip).toContainText("Another of your devices has taken the request");
  });
});
