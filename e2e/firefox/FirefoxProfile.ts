import { launch, type Browser, type BrowserContext, type Page } from "puppeteer-core";
import { expect } from "vitest";
import { findFirefox } from "../../scripts/lib/firefox.mjs";

interface FirefoxOptions {
  /** The folder of its profile; one that is thrown away when not given. */
  readonly profile?: string;
  /** Every window is a private one. */
  readonly isPrivate?: boolean;
  /** Where files are saved, without asking. */
  readonly downloads?: string;
}

/** Starts a headless Firefox that is driven over WebDriver BiDi. Rejects where there is none. */
export async function launchFirefox(options: FirefoxOptions = {}): Promise<Browser> {
  const executablePath = findFirefox();
  if (executablePath === null)
    throw new Error("There is no Firefox: install firefox-esr or set FIREFOX_PATH.");
  const { profile, isPrivate = false, downloads } = options;
  return launch({
    browser: "firefox",
    executablePath,
    headless: true,
    protocolTimeout: 90_000,
    ...(profile === undefined ? {} : { userDataDir: profile }),
    extraPrefsFirefox: {
      "browser.privatebrowsing.autostart": isPrivate,
      // What it would come back to after a crash is written down, and without delay.
      ...(profile === undefined
        ? {}
        : { "browser.sessionstore.resume_from_crash": true, "browser.sessionstore.interval": 200 }),
      ...(downloads === undefined
        ? {}
        : { "browser.download.folderList": 2, "browser.download.dir": downloads }),
    },
  });
}

/** What a page of the dashboard did that it must never do. */
export interface Watched {
  readonly cspViolations: readonly string[];
  readonly foreignRequests: readonly string[];
  readonly pageErrors: readonly string[];
}

/** One browser profile: storage of its own, every page watched from its first script on. */
export class FirefoxProfile {
  readonly #context: BrowserContext;
  readonly #ownHosts: ReadonlySet<string>;
  readonly #seen = {
    cspViolations: [] as string[],
    foreignRequests: [] as string[],
    pageErrors: [] as string[],
  };
  readonly #requests: string[] = [];
  /** What its pages and workers wrote to the console, but for what the SDK says, redacted. */
  readonly console: string[] = [];

  private constructor(context: BrowserContext, ownHosts: ReadonlySet<string>) {
    this.#context = context;
    this.#ownHosts = ownHosts;
  }

  /** `ownUrls` are the only ones its pages may talk to. */
  static async make(browser: Browser, ownUrls: readonly string[]): Promise<FirefoxProfile> {
    return new FirefoxProfile(await browser.createBrowserContext(), hostsOf(ownUrls));
  }

  /** The browser's own profile, which is the folder it was started with; ends with the browser. */
  static ofBrowser(browser: Browser, ownUrls: readonly string[]): FirefoxProfile {
    return new FirefoxProfile(browser.defaultBrowserContext(), hostsOf(ownUrls));
  }

  get seen(): Watched {
    return this.#seen;
  }

  /** Whether a page of this profile, or a worker of one, asked for such an address. */
  asked(pattern: RegExp): boolean {
    return this.#requests.some((url) => pattern.test(url));
  }

  async newPage(): Promise<Page> {
    const page = await this.#context.newPage();
    // Narrower, the navigation is folded away, as on a phone.
    await page.setViewport({ width: 1_100, height: 900 });
    page.setDefaultTimeout(30_000);
    // Firefox reports a violation of the Content-Security-Policy as an error of the page. Of one
    // inside a worker nothing is heard here; errors, words and requests of workers are.
    page.on("pageerror", (error) => {
      const text = error instanceof Error ? error.message : String(error);
      if (/content.security.policy/i.test(text)) this.#seen.cspViolations.push(text);
      else this.#seen.pageErrors.push(text);
    });
    page.on("console", (message) => {
      if (!message.text().startsWith("SDK: "))
        this.console.push(`${message.type()}: ${message.text()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      this.#requests.push(request.url());
      if (/^https?:$/.test(url.protocol) && !this.#ownHosts.has(url.host))
        this.#seen.foreignRequests.push(url.origin);
    });
    return page;
  }

  /** Fails when a page or worker did anything that none may do, or wrote to the console. */
  expectNothingSeen(): void {
    expect(this.#seen).toEqual({ cspViolations: [], foreignRequests: [], pageErrors: [] });
    expect(this.console).toEqual([]);
  }

  async close(): Promise<void> {
    await this.#context.close();
  }
}

function hostsOf(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).host));
}
