import { expect, type Page } from "@playwright/test";

/** The overview: one headline, the backup's state, the folded details. */
export class OverviewPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get backup() {
    return this.page.getByTestId("backup-state");
  }

  get headline() {
    return this.page.getByTestId("device-state");
  }

  get trust() {
    return this.page.getByTestId("backup-trust");
  }

  async expectBackup(state: string, attributes: Record<string, string> = {}): Promise<void> {
    await expect(this.backup).toHaveAttribute("data-state", state);
    for (const [name, value] of Object.entries(attributes))
      await expect(this.backup).toHaveAttribute(`data-${name}`, value);
  }

  async expectHeadline(state: string): Promise<void> {
    await expect(this.headline).toHaveAttribute("data-state", state);
  }

  async expectTrust(signature: string, key: string): Promise<void> {
    await expect(this.trust).toHaveAttribute("data-signature", signature);
    await expect(this.trust).toHaveAttribute("data-key", key);
  }

  async checkAgain(): Promise<void> {
    await this.page.getByRole("button", { name: "Check again" }).first().click();
  }
}
