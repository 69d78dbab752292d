import { afterEach, describe, expect, it } from "vitest";
import { ok } from "@/domain/result";
import { startOAuthServer, type OAuthReply, type OAuthServerRig } from "./oauthServerRig";
import { requestTokens, revokeOAuthTokens } from "./oauthTokens";

let server: OAuthServerRig | null = null;
afterEach(() => server?.stop());

async function answering(...replies: OAuthReply[]): Promise<OAuthServerRig> {
  server = await startOAuthServer(() => (replies.length > 1 ? replies.shift() : replies[0]) ?? {});
  return server;
}

const sessionAt = (url: string) => ({
  accessToken: "access",
  oauth: {
    refreshToken: "refresh",
    clientId: "client",
    issuer: url,
    tokenEndpoint: `${url}/token`,
    revocationEndpoint: `${url}/revoke`,
    registrationEndpoint: null,
    accountUrl: null,
    expiresAt: null,
  },
});

describe("revoking", () => {
  it("takes both tokens, the one that renews first", async () => {
    const { url, seen } = await answering({});
    expect(await revokeOAuthTokens(sessionAt(url))).toEqual(ok(undefined));
    expect(seen.map(({ path, fields }) => ({ path, ...fields }))).toEqual([
      {
        path: "/revoke",
        token: "refresh",
        token_type_hint: "refresh_token",
        client_id: "client",
      },
      { path: "/revoke", token: "access", token_type_hint: "access_token", client_id: "client" },
    ]);
  });

  it("tries the second when the first failed, and says what failed", async () => {
    const refusal = { status: 400, body: { error: "unsupported_token_type" } };
    const { url, seen } = await answering(refusal, {});
    expect(await revokeOAuthTokens(sessionAt(url))).toEqual({
      ok: false,
      error: { kind: "server", status: 400, errcode: null, message: "unsupported_token_type" },
    });
    expect(seen).toHaveLength(2);
  });

  it("says when nobody could be told", async () => {
    const gone = await answering({});
    await gone.stop();
    expect(await revokeOAuthTokens(sessionAt(gone.url))).toMatchObject({
      ok: false,
      error: { kind: "network" },
    });
  });
});

describe("asking for tokens", () => {
  it("reckons their life from when they were asked for", async () => {
    const body = { token_type: "Bearer", access_token: "a", expires_in: 300 };
    const { url } = await answering({ body });
    const before = Date.now();
    const answer = await requestTokens(`${url}/token`, { grant_type: "refresh_token" });
    if (!answer.ok) throw new Error("it was refused");
    const { accessToken, refreshToken, expiresAt } = answer.value;
    expect([accessToken, refreshToken]).toEqual(["a", null]);
    expect((expiresAt ?? 0) - before).toBeGreaterThanOrEqual(300_000);
    expect((expiresAt ?? 0) - before).toBeLessThan(310_000);
  });

  it("follows no redirect, which could carry a token elsewhere", async () => {
    const { url, seen } = await answering({ status: 307, headers: { location: "/elsewhere" } });
    expect(await requestTokens(`${url}/token`, { refresh_token: "secret" })).toMatchObject({
      ok: false,
      error: { kind: "failed", error: { kind: "network" } },
    });
    expect(seen.map(({ path }) => path)).toEqual(["/token"]);
  });

  it("keeps what an error answer says out of reports when it looks like a secret", async () => {
    const error = "aVeryLongRunThatCouldBeATokenOfSomebody0123456789";
    const { url } = await answering({ status: 400, body: { error } });
    const answer = await requestTokens(`${url}/token`, {});
    expect(answer).toMatchObject({ ok: false, error: { kind: "refused", code: "[redacted]" } });
  });
});
