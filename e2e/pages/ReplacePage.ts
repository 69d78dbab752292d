import { expect, type Page } from "@playwright/test";

/** The wizard that replaces the backup. */
export class ReplacePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get offer() {
    return this.#page.getByTestId("replace-offer");
  }

  get proof() {
    return this.#page.getByTestId("replace-proof");
  }

  get oldBackup() {
    return this.#page.getByTestId("old-backup");
  }

  async open(): Promise<void> {
    await this.#page.goto("/#/manage/replace");
    await expect(this.#page.getByRole("heading", { name: "Replace backup" })).toBeVisible();
  }

  /** Up to the question for the recovery key. */
  async ask(): Promise<void> {
    await this.#page.getByRole("button", { name: "Replace backup" }).click();
    await this.#page.getByRole("dialog").getByRole("button", { name: "Replace backup" }).click();
  }

  async enterKey(text: string, submit: string): Promise<void> {
    await this.#page.getByLabel("Recovery key", { exact: true }).fill(text);
    await this.#page.getByRole("button", { name: submit, exact: true }).click();
  }

  /** Waits for the proof; gives the new version. */
  async replaced(): Promise<string> {
    await expect(this.proof).toBeVisible({ timeout: 60_000 });
    return (await this.proof.getAttribute("data-version")) ?? "";
  }

  /** From a page that was interrupted: by the overview's notice, to the question what to do. */
  async openUnfinished(): Promise<void> {
    await this.#page.goto("/#/");
    await expect(this.#page.getByTestId("unfinished-change")).toHaveAttribute(
      "data-change",
      "replace_backup",
    );
    await this.#page.getByRole("button", { name: "Continue or undo" }).click();
    await expect(this.#page.getByTestId("replace-unfinished")).toBeVisible();
  }
}
