import type { BrowserContext } from "@playwright/test";
import { waitUntil } from "./waitUntil.ts";

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** What passes between the dashboard and the authorization server. */
export class OAuthTraffic {
  /** Pairs that were handed out, the newest last. */
  readonly pairs: TokenPair[] = [];
  /** Refresh tokens in the order in which they were used. */
  readonly used: string[] = [];
  registrations = 0;

  static watch(context: BrowserContext): OAuthTraffic {
    const traffic = new OAuthTraffic();
    context.on("request", (request) => {
      if (request.method() !== "POST") return;
      const { pathname } = new URL(request.url());
      if (pathname === "/reg") traffic.registrations += 1;
      if (pathname !== "/token") return;
      const token = new URLSearchParams(request.postData() ?? "").get("refresh_token");
      if (token !== null) traffic.used.push(token);
    });
    context.on("response", async (response) => {
      const isGrant =
        new URL(response.url()).pathname === "/token" && response.request().method() === "POST";
      if (!isGrant || !response.ok()) return;
      const body = (await response.json().catch(() => null)) as {
        access_token: string;
        refresh_token: string;
      } | null;
      if (body === null) return;
      traffic.pairs.push({ accessToken: body.access_token, refreshToken: body.refresh_token });
    });
    return traffic;
  }

  /** The newest pair; waits for the first. */
  latest(): Promise<TokenPair> {
    return waitUntil(async () => this.pairs.at(-1) ?? null, {
      what: "tokens from the authorization server",
      intervalMs: 50,
    });
  }
}
