import type { Page } from "@playwright/test";

/** The pages outside the dashboard on which somebody signs in: those of the tests' own providers. */
export class ElsewherePage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Not the "Username" of the dashboard's own form, which is there until the page has changed. */
  get #name() {
    return this.#page.getByLabel("Name", { exact: true });
  }

  async arrived(): Promise<void> {
    await this.#name.waitFor();
  }

  async signInAs(name: string): Promise<void> {
    await this.#name.fill(name);
    await this.#page.getByRole("button", { name: "Sign in" }).click();
  }

  async cancel(): Promise<void> {
    await this.arrived();
    await this.#page.getByRole("button", { name: "Cancel" }).click();
  }
}
