import type { Page } from "puppeteer-core";

/** The dashboard in Firefox, by the same names that the Chromium stories use. */
export class FirefoxDashboard {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  async open(route = ""): Promise<void> {
    await this.page.goto(`${this.#url}/${route}`);
  }

  /** Presses the first button or link of this name. */
  async press(name: string, within = ""): Promise<void> {
    const roles = ["button", "link"].map(
      (role) => `${within} ::-p-aria([name="${name}"][role="${role}"])`,
    );
    await this.page.locator(roles.join(", ")).click();
  }

  /** A masked field has no ARIA role, so fields are found by their labels. */
  async fill(label: string, text: string): Promise<void> {
    const field = await this.page.waitForSelector(`::-p-aria([name="${label}"])`);
    await field?.click({ count: 3 });
    await field?.type(text);
  }

  /** Waits for a test id, with the given data attributes if any. */
  async see(testId: string, data: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.page.waitForSelector(selectorOf(testId, data));
  }

  async seeHeading(pattern: RegExp): Promise<void> {
    await this.page.waitForFunction(
      (source) =>
        [...document.querySelectorAll("h1, h2")].some((heading) =>
          new RegExp(source, "i").test(heading.textContent),
        ),
      {},
      pattern.source,
    );
  }

  async seeText(text: string): Promise<void> {
    await this.page.waitForFunction((words) => document.body.innerText.includes(words), {}, text);
  }

  textOf(testId: string): Promise<string> {
    return this.page.$eval(selectorOf(testId), (element) => element.textContent.trim());
  }

  /** All data attributes of an element. */
  dataOf(testId: string): Promise<Record<string, string | undefined>> {
    return this.page.$eval(selectorOf(testId), (element) =>
      Object.fromEntries(Object.entries((element as HTMLElement).dataset)),
    );
  }

  async signIn(account: {
    readonly homeserver: string;
    readonly username: string;
    readonly password: string;
  }): Promise<void> {
    await this.open();
    await this.fill("Homeserver", account.homeserver);
    await this.fill("Username", account.username);
    await this.fill("Password", account.password);
    await this.press("Sign in");
    await this.see("device-state");
  }
}

function selectorOf(testId: string, data: Readonly<Record<string, string>> = {}): string {
  const attributes = Object.entries(data).map(([name, value]) => `[data-${name}="${value}"]`);
  return `[data-testid="${testId}"]${attributes.join("")}`;
}
