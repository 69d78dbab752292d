import type { Page } from "@playwright/test";
import { MatrixApi } from "./MatrixApi.ts";

/** The session of the dashboard itself, by the token that its requests carry. */
export class SignedInAs {
  readonly #homeserver: string;
  readonly #userId: string;
  #token = "";

  private constructor(page: Page, homeserver: string, userId: string) {
    this.#homeserver = homeserver;
    this.#userId = userId;
    page.on("request", (request) => {
      const header = request.headers()["authorization"];
      if (header !== undefined && request.url().startsWith(homeserver))
        this.#token = header.replace("Bearer ", "");
    });
  }

  static watch(page: Page, homeserver: string, userId: string): SignedInAs {
    return new SignedInAs(page, homeserver, userId);
  }

  get api(): MatrixApi {
    const session = { userId: this.#userId, deviceId: "", accessToken: this.#token };
    return new MatrixApi(this.#homeserver, session);
  }

  /** The account's published master key. */
  async masterKey(): Promise<string> {
    const answer = await this.api.request<{
      master_keys: Record<string, { keys: Record<string, string> }>;
    }>("POST", "/v3/keys/query", { body: { device_keys: { [this.#userId]: [] } } });
    return Object.values(answer.master_keys[this.#userId]?.keys ?? {})[0] ?? "";
  }
}
