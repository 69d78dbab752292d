import { expect, type Page } from "@playwright/test";

/** The wizard that changes the recovery key. */
export class ChangeKeyPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get switched() {
    return this.#page.getByTestId("change-key-switched");
  }

  get done() {
    return this.#page.getByTestId("change-key-done");
  }

  get undone() {
    return this.#page.getByTestId("change-key-undone");
  }

  async open(): Promise<void> {
    await this.#page.goto("/#/manage/change-key");
    await expect(this.#page.getByRole("heading", { name: "Change recovery key" })).toBeVisible();
  }

  /** Shows the new key and types it back; gives it. The old one is asked for next. */
  async showNewKey(): Promise<string> {
    await this.#page.getByRole("button", { name: "Show new recovery key" }).click();
    const key = this.#page.getByTestId("recovery-key");
    await expect(key).toBeVisible();
    const text = (await key.innerText()).trim();
    await this.#page.getByRole("button", { name: "I have saved it" }).click();
    await this.enterKey(text, "Continue");
    return text;
  }

  async enterKey(text: string, submit: string): Promise<void> {
    await this.#page.getByLabel("Recovery key", { exact: true }).fill(text);
    await this.#page.getByRole("button", { name: submit, exact: true }).click();
  }

  /** Confirms that the new key works: the old one's copies are removed. */
  async finish(): Promise<void> {
    await this.#page.getByRole("button", { name: "The new key works: finish" }).click();
    await this.#page
      .getByRole("dialog")
      .getByRole("button", { name: "Remove the old key" })
      .click();
  }

  async openUnfinished(): Promise<void> {
    await this.#page.goto("/#/");
    await expect(this.#page.getByTestId("unfinished-change")).toHaveAttribute(
      "data-change",
      "change_recovery_key",
    );
    await this.#page.getByRole("button", { name: "Continue or undo" }).click();
    await expect(this.#page.getByTestId("change-key-unfinished")).toBeVisible();
  }
}
