import { expect, type Page } from "@playwright/test";

/** The changes of a key backup, and the dialogs that ask before each. */
export class ManagePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get dialog() {
    return this.#page.getByRole("dialog");
  }

  /** What the dialog is about, in attributes: version, count, only-in-backup. */
  get facts() {
    return this.dialog.getByTestId("removal");
  }

  get unfinished() {
    return this.#page.getByTestId("unfinished");
  }

  get confirmField() {
    return this.dialog.getByRole("textbox", { name: /^Type / });
  }

  get password() {
    return this.dialog.getByLabel("Password", { exact: true });
  }

  async open(): Promise<void> {
    await this.#page.getByRole("link", { name: "Manage" }).click();
    await expect(this.#page.getByRole("heading", { level: 1, name: "Manage" })).toBeVisible();
  }

  /** Presses a button of the screen; for most of them that opens a dialog. */
  async press(name: string): Promise<void> {
    await this.#page.getByRole("button", { name, exact: true }).click();
  }

  async expectFacts(attributes: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(attributes))
      await expect(this.facts).toHaveAttribute(`data-${name}`, value);
  }

  /** Types what confirms, and presses the button of the dialog. */
  async confirm(typed: string, button: string): Promise<void> {
    await this.confirmField.fill(typed);
    await this.pressInDialog(button);
  }

  /** Opens the dialog of a reset, or of the end of one, and confirms it with the password. */
  async resetIdentity(password: string, button = "Reset identity"): Promise<void> {
    await this.press(button);
    await this.confirmField.fill("reset");
    await this.password.fill(password);
    await this.pressInDialog("Reset identity");
  }

  /** The reset has ended, and the backup is as said. */
  async expectReset(backup: string): Promise<void> {
    await expect(this.#page.getByTestId("reset-done")).toHaveAttribute("data-backup", backup, {
      timeout: 60_000,
    });
  }

  async pressInDialog(name: string): Promise<void> {
    await this.dialog.getByRole("button", { name, exact: true }).click();
  }
}
