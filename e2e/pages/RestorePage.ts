import { expect, type Page } from "@playwright/test";

export interface Summary {
  readonly total: number;
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  readonly missing: number;
}

/** Unlocking with a recovery key, and the restore that follows. */
export class RestorePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get keyField() {
    return this.#page.getByLabel("Recovery key", { exact: true });
  }

  get progress() {
    return this.#page.getByTestId("restore-progress");
  }

  async openUnlock(): Promise<void> {
    await this.#page
      .getByRole("button", { name: "Enter recovery key" })
      .or(this.#page.getByRole("link", { name: "Enter recovery key" }))
      .first()
      .click();
    await this.keyField.waitFor();
  }

  async enterKey(text: string): Promise<void> {
    await this.keyField.fill(text);
    await this.#page.getByRole("button", { name: "Unlock" }).click();
  }

  async startRestore(): Promise<void> {
    await this.#page
      .getByRole("button", { name: "Restore history" })
      .or(this.#page.getByRole("link", { name: "Restore history" }))
      .first()
      .click();
  }

  /** Waits for the summary and reads its five numbers. */
  async summary(): Promise<Summary> {
    const element = this.#page.getByTestId("restore-summary");
    await expect(element).toBeVisible({ timeout: 60_000 });
    const read = async (name: string) => Number(await element.getAttribute(`data-${name}`));
    return {
      total: await read("total"),
      imported: await read("imported"),
      already: await read("already"),
      failed: await read("failed"),
      missing: await read("missing"),
    };
  }
}
