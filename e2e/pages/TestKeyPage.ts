import type { Page } from "@playwright/test";

/** The screen that proves a saved key. */
export class TestKeyPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get result() {
    return this.#page.getByTestId("key-test-result");
  }

  async openFromOverview(): Promise<void> {
    await this.#page.goto("/#/");
    await this.#page.getByRole("link", { name: "Test recovery key" }).click();
    await this.#page.getByRole("heading", { level: 1, name: "Test recovery key" }).waitFor();
  }

  async enterKey(text: string, options: { readonly all?: boolean } = {}): Promise<void> {
    if (options.all === true) await this.#page.getByRole("checkbox").check();
    await this.#page.getByLabel("Recovery key", { exact: true }).fill(text);
    await this.#page.getByRole("button", { name: "Test recovery key" }).click();
  }
}
