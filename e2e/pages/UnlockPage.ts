import type { Page } from "@playwright/test";

/** The screen that takes a recovery key, a passphrase, or the backup's own key. */
export class UnlockPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get keyField() {
    return this.#page.getByLabel("Recovery key", { exact: true });
  }

  get error() {
    return this.#page.getByTestId("error");
  }

  async open(): Promise<void> {
    await this.#page.goto("/#/unlock");
    await this.keyField.waitFor();
  }

  async enterKey(text: string): Promise<void> {
    await this.keyField.fill(text);
    await this.#page.getByRole("button", { name: "Unlock" }).click();
  }

  async enterPassphrase(text: string, verb = "Unlock"): Promise<void> {
    const field = this.#page.getByLabel("Passphrase", { exact: true });
    if (!(await field.isVisible())) {
      await this.#page.getByRole("button", { name: "Use a passphrase" }).click();
    }
    await field.fill(text);
    await this.#page.getByRole("button", { name: verb }).click();
  }

  async setByHand(text: string): Promise<void> {
    const field = this.#page.getByLabel("Backup decryption key", { exact: true });
    if (!(await field.isVisible())) await this.#page.getByText(/^Advanced/).click();
    await field.fill(text);
    await this.#page.getByRole("button", { name: "Use this key" }).click();
  }
}
