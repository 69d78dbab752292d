import { expect, type Page } from "@playwright/test";

/** The verification with another device, from either side. */
export class VerifyPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get root() {
    return this.#page.getByTestId("verification");
  }

  /** "Another device asks", above whatever screen is shown. */
  get request() {
    return this.#page.getByTestId("verification-request");
  }

  get strip() {
    return this.#page.getByTestId("verification-strip");
  }

  get code() {
    return this.#page.getByTestId("verification-code");
  }

  /** From the overview by its button. */
  async open(): Promise<void> {
    await this.press("Verify with another device");
    await this.expectState("none");
  }

  async press(name: string): Promise<void> {
    await this.#page.getByRole("button", { name, exact: true }).click();
  }

  /** Asks the one device that can help. */
  async ask(): Promise<void> {
    await this.#page.getByTestId("own-device").getByRole("button", { name: /^Ask / }).click();
    await this.expectState("requested");
  }

  async accept(): Promise<void> {
    await expect(this.request).toBeVisible();
    await this.press("Accept");
    await this.expectState("choosing");
  }

  /** The names of the seven emoji, in order. */
  async emoji(): Promise<string[]> {
    await this.expectState("comparing");
    return this.#page
      .getByTestId("sas")
      .getByRole("listitem")
      .locator("span:last-child")
      .allInnerTexts();
  }

  async expectState(kind: string): Promise<void> {
    await expect(this.root).toHaveAttribute("data-state", kind);
  }

  async expectEnd(reason: string): Promise<void> {
    await expect(this.root).toHaveAttribute("data-end", reason);
  }

  async expectKey(state: string): Promise<void> {
    await expect(this.#page.getByTestId("key-wait")).toHaveAttribute("data-state", state);
  }
}
