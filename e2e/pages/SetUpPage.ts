import { expect, type Page } from "@playwright/test";

/** The wizard that sets a backup up. */
export class SetUpPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get recoveryKey() {
    return this.#page.getByTestId("recovery-key");
  }

  get confirmField() {
    return this.#page.getByLabel("Recovery key", { exact: true });
  }

  async start(): Promise<void> {
    await this.#page
      .getByRole("button", { name: "Set up backup" })
      .or(this.#page.getByRole("link", { name: "Set up backup" }))
      .first()
      .click();
  }

  /** From the overview to the screen that asks for the key again; returns the key as shown. */
  async showAndSaveKey(): Promise<string> {
    await this.start();
    const create = this.#page.getByRole("button", { name: "Show recovery key" });
    await expect(create.or(this.recoveryKey).first()).toBeVisible();
    if (await create.isVisible()) await create.click();
    await expect(this.recoveryKey).toBeVisible();
    const text = (await this.recoveryKey.innerText()).trim();
    await this.#page.getByRole("button", { name: "I have saved it" }).click();
    await this.confirmField.waitFor();
    return text;
  }

  async confirm(text: string): Promise<void> {
    await this.confirmField.fill(text);
    await this.#page.getByRole("button", { name: "Finish" }).click();
  }
}
