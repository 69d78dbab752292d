import { expectNoAccessibilityViolations } from "../fixtures/axe.ts";
import { expect, test } from "../fixtures/index.ts";
import { OtherVerification } from "../support/OtherVerification.ts";

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 360],
] as const) {
  test(`every step of a verification is free of axe findings and fits, ${colorScheme}, ${width} pixels`, async ({
    account,
    otherDevice,
    dashboard: { page, signIn, overview, verify },
  }) => {
    test.setTimeout(200_000);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    const check = async (screen: string) => {
      await expectNoAccessibilityViolations(page, screen);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `sideways scroll on ${screen}`).toBeLessThanOrEqual(0);
    };
    const helper = await otherDevice();
    await helper.setUpBackup();
    await signIn.signIn(account);
    await overview.expectHeadline("verify_this_device");
    await check("overview");
    await verify.open();
    await expect(page.getByTestId("own-device").first()).toBeVisible();
    await check("devices");
    let heard = OtherVerification.hear(helper);
    await verify.ask();
    await check("request sent");
    let there = await heard;
    await there.accept();
    await expect(verify.code).toBeVisible();
    await check("choosing, with a code");
    await verify.press("Compare emoji");
    await verify.emoji();
    await check("emoji");
    await verify.press("They do not match");
    await verify.expectEnd("mismatch");
    await check("mismatch");

    heard = OtherVerification.hear(helper);
    await verify.press("Try again");
    there = await heard;
    await there.accept();
    await verify.press("Compare emoji");
    await verify.emoji();
    await verify.press("They match");
    await verify.expectState("confirmed");
    await check("confirmed");
    await there.confirm();
    await verify.expectKey("arrived");
    await check("the key has come");

    const newcomer = await otherDevice();
    await page.goto("/#/");
    await OtherVerification.ask(newcomer);
    await expect(verify.request).toBeVisible();
    await check("another device asks");
    await verify.press("It was not me");
    await expect(page.getByTestId("error")).toHaveAttribute("data-code", "not_mine");
    await check("it was not me");
  });
}
