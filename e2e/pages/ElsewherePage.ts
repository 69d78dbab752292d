import type { Page } from "@playwright/test";

/** The pages outside the dashboard on which somebody signs in: those of the tests' own providers. */
export class ElsewherePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async signInAs(name: string): Promise<void> {
    await this.#page.getByLabel("Name").fill(name);
    await this.#page.getByRole("button", { name: "Sign in" }).click();
  }

  async cancel(): Promise<void> {
    await this.#page.getByLabel("Name").waitFor();
    await this.#page.getByRole("button", { name: "Cancel" }).click();
  }
}
