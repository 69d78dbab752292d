import { expect, type BrowserContext, type Page } from "@playwright/test";
import { storedNames } from "./storedNames.ts";

/** Everything a sign-in on another page hands out, collected while it passes by. */
export class SeenSecrets {
  readonly secrets = new Set<string>();
  readonly #console: string[] = [];

  private constructor(context: BrowserContext) {
    context.on("request", (request) => {
      const header = request.headers()["authorization"];
      if (header !== undefined) this.#add(header.replace("Bearer ", ""));
      const url = new URL(request.url());
      this.#add(url.searchParams.get("loginToken"));
      const form = request.postData();
      if (url.pathname === "/token" && form !== null) {
        const fields = new URLSearchParams(form);
        for (const name of ["code", "code_verifier", "refresh_token"]) this.#add(fields.get(name));
      }
    });
    context.on("response", async (response) => {
      if (!/\/(token|login)$/.test(new URL(response.url()).pathname)) return;
      const body: unknown = await response.json().catch(() => null);
      if (typeof body !== "object" || body === null) return;
      for (const name of ["access_token", "refresh_token"]) {
        const value: unknown = Reflect.get(body, name);
        if (typeof value === "string") this.#add(value);
      }
    });
    context.on("console", (message) => this.#console.push(message.text()));
  }

  static watch(context: BrowserContext): SeenSecrets {
    return new SeenSecrets(context);
  }

  /** Fails when one of them lies in the address, the history, the page, a storage or the console. */
  async expectNowhere(page: Page): Promise<void> {
    expect(this.secrets.size, "secrets seen").toBeGreaterThan(0);
    const stored = await storedNames(page);
    const rest = await page.evaluate(() => ({
      address: location.href,
      history: "navigation" in window ? navigation.entries().map(({ url }) => url) : [],
      state: JSON.stringify(history.state),
      session: Object.entries(sessionStorage).map(([key, value]) => `${key}=${value}`),
      cookies: document.cookie,
      dom: document.documentElement.outerHTML,
    }));
    const dump = JSON.stringify({ stored, rest, console: this.#console });
    for (const secret of this.secrets) {
      expect(dump.includes(secret), "a secret lies where it must not").toBe(false);
    }
    expect(rest.session, "what a sign-in has left in this tab").toEqual([]);
  }

  #add(value: string | null): void {
    if (value !== null && value.length > 8) this.secrets.add(value);
  }
}
