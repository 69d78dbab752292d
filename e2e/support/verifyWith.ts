import type { Account } from "../fixtures/index.ts";
import type { SignInPage } from "../pages/SignInPage.ts";
import type { VerifyPage } from "../pages/VerifyPage.ts";
import type { OtherDevice } from "./OtherDevice.ts";
import type { BackupSetUp } from "./otherDeviceTypes.ts";
import { OtherVerification } from "./OtherVerification.ts";

/** Asks from the page by the step given, and gives the verification as the other device hears it. */
export async function askFrom(
  ask: () => Promise<void>,
  helper: OtherDevice,
): Promise<OtherVerification> {
  const heard = OtherVerification.hear(helper);
  await ask();
  return heard;
}

/** From both being ready to the page's last word: the emoji are compared, and match on both sides. */
export async function compareEmoji(verify: VerifyPage, there: OtherVerification): Promise<void> {
  await verify.press("Compare emoji");
  await verify.emoji();
  await there.confirm();
  await verify.press("They match");
}

/** Makes the account's backup on the helper, signs in beside it, and goes to the verification. */
export async function signInBeside(
  helper: OtherDevice,
  { signIn, verify }: { readonly signIn: SignInPage; readonly verify: VerifyPage },
  account: Account,
): Promise<BackupSetUp> {
  const made = await helper.setUpBackup();
  await signIn.signIn(account);
  await verify.open();
  return made;
}
