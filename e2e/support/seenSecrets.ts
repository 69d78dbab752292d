import { expect, type BrowserContext, type Page, type Response } from "@playwright/test";
import { allowances, allowancesElsewhere } from "./hygiene/allowances.ts";
import { describeFinding, findSecrets } from "./hygiene/findSecrets.ts";
import { lookAt, recordContext } from "./hygiene/recordContext.ts";
import { Recorder } from "./hygiene/Recorder.ts";

/** What of a request's form, or of an answer, is secret, and what a finding calls it. */
const NAMES: Readonly<Record<string, string>> = {
  code: "authorization code",
  code_verifier: "code verifier",
  access_token: "access token",
  refresh_token: "refresh token",
  id_token: "identity token",
  registration_access_token: "registration access token",
};

/** Everything a sign-in on another page hands out, collected while it passes by, and where it is seen. */
export class SeenSecrets {
  readonly #recorder = new Recorder();
  /** The name of each. */
  readonly #secrets = new Map<string, string>();

  private constructor(context: BrowserContext) {
    this.at("on the way");
    context.on("request", (request) => {
      const url = new URL(request.url());
      this.#add("login token", url.searchParams.get("loginToken"));
      // An answer's body is not always there to be read any more; who uses the token shows it.
      const bearer = /^Bearer (.+)$/u.exec(request.headers()["authorization"] ?? "")?.[1];
      this.#add("access token", bearer ?? null);
      if (url.pathname !== "/token") return;
      const fields = new URLSearchParams(request.postData() ?? "");
      for (const [field, name] of Object.entries(NAMES)) this.#add(name, fields.get(field));
    });
    context.on("response", (response) => {
      if (/\/(token|login|reg)$/.test(new URL(response.url()).pathname))
        this.#recorder.pend(this.#readAnswer(response));
    });
  }

  /** To be called before the first page of the context has gone anywhere. */
  static async watch(context: BrowserContext): Promise<SeenSecrets> {
    const seen = new SeenSecrets(context);
    await recordContext(context, seen.#recorder);
    return seen;
  }

  /** Once the person is signed in, nothing has any business in an address any more. */
  at(moment: "on the way" | "signed in"): void {
    this.#recorder.at(moment);
  }

  /**
   * Fails when one of them was anywhere but where it must be, in any encoding, at any time so far:
   * in the page, an address, the history, a storage, a request, React's tree or the console. `names`:
   * those that must have passed by.
   */
  async expectNowhere(page: Page, names: readonly string[]): Promise<void> {
    expect((await this.#findingsOn(page)).map(describeFinding)).toEqual([]);
    expect([...new Set(this.#secrets.values())].toSorted()).toEqual(names.toSorted());
    const left = await page.evaluate(() => Object.keys(sessionStorage));
    expect(left, "what a sign-in has left in this tab").toEqual([]);
  }

  /** The proof that a leak would be seen: makes one. Nothing can be expected of this page after that. */
  async expectFound(page: Page, name: string): Promise<void> {
    const [secret = ""] = [...this.#secrets].findLast(([, called]) => called === name) ?? [];
    await page.evaluate((text) => localStorage.setItem("planted", btoa(text)), secret);
    expect(await this.#findingsOn(page)).toEqual([
      expect.objectContaining({ secret: name, channel: "storage", encoding: "base64" }),
    ]);
  }

  async #findingsOn(page: Page) {
    await lookAt(page, this.#recorder);
    const secrets = [...this.#secrets].map(([value, name]) => ({ name, value }));
    return findSecrets(this.#recorder.sightings, secrets, [...allowances, ...allowancesElsewhere]);
  }

  async #readAnswer(response: Response): Promise<void> {
    const body: unknown = await response.json();
    if (typeof body !== "object" || body === null) return;
    for (const [field, name] of Object.entries(NAMES)) {
      const value: unknown = Reflect.get(body, field);
      if (typeof value === "string") this.#add(name, value);
    }
  }

  #add(name: string, value: string | null): void {
    if (value !== null && value.length > 8) this.#secrets.set(value, name);
  }
}
