import { expect, type Page } from "@playwright/test";
import type { Account } from "../fixtures/index.ts";
import type { RestorePage } from "../pages/RestorePage.ts";
import type { SignInPage } from "../pages/SignInPage.ts";

/** Signs in and enters the recovery key: a verified device that holds the backup's key. */
export async function signInUnlocked(
  {
    page,
    signIn,
    restore,
  }: { readonly page: Page; readonly signIn: SignInPage; readonly restore: RestorePage },
  account: Account,
  recoveryKey: string,
): Promise<void> {
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await expect(page.getByText("Your recovery key is right")).toBeVisible();
}
