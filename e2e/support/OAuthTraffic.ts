import type { BrowserContext } from "@playwright/test";
import type { AuthorizationServerStandIn, TokenPair } from "./authorizationServerStandIn.ts";

/** What passes between one browser and the authorization server. */
export class OAuthTraffic {
  /** Refresh tokens in the order in which they were used. */
  readonly used: string[] = [];
  registrations = 0;
  readonly #sent = new Set<string | undefined>();
  readonly #auth: AuthorizationServerStandIn;
  readonly #start: number;

  private constructor(auth: AuthorizationServerStandIn) {
    this.#auth = auth;
    this.#start = auth.handedOut.length;
  }

  static watch(context: BrowserContext, auth: AuthorizationServerStandIn): OAuthTraffic {
    const traffic = new OAuthTraffic(auth);
    context.on("request", (request) => {
      traffic.#sent.add(request.headers()["authorization"]);
      if (request.method() !== "POST") return;
      const { pathname } = new URL(request.url());
      if (pathname === "/reg") traffic.registrations += 1;
      if (pathname !== "/token") return;
      const token = new URLSearchParams(request.postData() ?? "").get("refresh_token");
      if (token !== null) traffic.used.push(token);
    });
    return traffic;
  }

  /** Pairs that were handed out since, the newest last. */
  get pairs(): readonly TokenPair[] {
    return this.#auth.handedOut.slice(this.#start);
  }

  /** Whether the newest access token is in use, which it is only once its pair is stored. */
  get latestIsUsed(): boolean {
    return this.#sent.has(`Bearer ${this.latest.accessToken}`);
  }

  get latest(): TokenPair {
    const pair = this.pairs.at(-1);
    if (pair === undefined) throw new Error("no tokens were handed out");
    return pair;
  }
}
