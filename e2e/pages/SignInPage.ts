import type { Page } from "@playwright/test";

/** The sign-in screen. */
export class SignInPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(): Promise<void> {
    await this.#page.goto("/");
    await this.#page.getByRole("button", { name: "Sign in" }).waitFor();
  }

  async fill(account: { homeserver: string; username: string; password: string }): Promise<void> {
    await this.#page.getByRole("textbox", { name: "Homeserver" }).fill(account.homeserver);
    await this.#page.getByRole("textbox", { name: "Username" }).fill(account.username);
    await this.password.fill(account.password);
  }

  /** A password field has no ARIA role, so it is found by its label. */
  get password() {
    return this.#page.getByLabel("Password", { exact: true });
  }

  /** The choice of a session of which nothing is stored. */
  get sharedComputer() {
    return this.#page.getByRole("checkbox", { name: "This is a shared computer" });
  }

  /** Signs in to a session in memory, and waits for the overview. */
  async signInOnSharedComputer(account: {
    homeserver: string;
    username: string;
    password: string;
  }): Promise<void> {
    await this.open();
    await this.fill(account);
    await this.sharedComputer.check();
    await this.submit();
    await this.#page.getByTestId("device-state").waitFor({ timeout: 60_000 });
  }

  async submit(): Promise<void> {
    await this.#page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Signs in and waits for the overview. */
  async signIn(account: { homeserver: string; username: string; password: string }): Promise<void> {
    await this.open();
    await this.fill(account);
    await this.submit();
    await this.#page.getByTestId("device-state").waitFor({ timeout: 60_000 });
  }
}
