import { afterEach, describe, expect, it } from "vitest";
import { fail, ok } from "@/domain/result";
import { startOAuthServer, type OAuthReply, type OAuthServerRig } from "./oauthServerRig";
import { createRefreshingFetch } from "./refreshingFetch";
import { createRefreshingTokens } from "./refreshingTokens";
import { createSessionRequests } from "./request";
import { decodeTokens, encodeTokens, type SessionTokens } from "./sessionTokens";

const servers: OAuthServerRig[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

type Token = (refreshToken: string, nth: number) => OAuthReply | Promise<OAuthReply>;

const pair = (nth: number, expiresIn = 300): OAuthReply => ({
  body: {
    token_type: "Bearer",
    access_token: `access-${nth}`,
    refresh_token: `refresh-${nth}`,
    expires_in: expiresIn,
  },
});
const invalidGrant: OAuthReply = { status: 400, body: { error: "invalid_grant" } };
const unknownToken: OAuthReply = {
  status: 401,
  body: { errcode: "M_UNKNOWN_TOKEN", error: "Token is not active", soft_logout: false },
};

/** A homeserver that accepts the newest access token only, and an authorization server beside it. */
async function session(token: Token, expiresIn = 300) {
  const closing = new AbortController();
  const storage = { isBroken: false, until: Promise.resolve() };
  let nth = 0;
  let accepted = "access-0";
  const server = await startOAuthServer(async (form) => {
    if (form.path === "/token") {
      nth += 1;
      const reply = await token(form.fields["refresh_token"] ?? "", nth);
      if ((reply.status ?? 200) === 200) accepted = `access-${nth}`;
      return reply;
    }
    return form.authorization === `Bearer ${accepted}` ? { body: { ok: true } } : unknownToken;
  });
  servers.push(server);
  const storing: SessionTokens[] = [];
  const stored: SessionTokens[] = [];
  const tokens = createRefreshingTokens(
    {
      accessToken: "access-0",
      oauth: {
        refreshToken: "refresh-0",
        clientId: "client",
        issuer: server.url,
        tokenEndpoint: `${server.url}/token`,
        revocationEndpoint: `${server.url}/revoke`,
        registrationEndpoint: null,
        accountUrl: null,
        expiresAt: Date.now() + expiresIn * 1_000,
      },
    },
    async (next) => {
      storing.push(next);
      await storage.until;
      if (storage.isBroken) return fail({ kind: "storage", reason: "quota" });
      stored.push(next);
      return ok(undefined);
    },
  );
  const signedOut: boolean[] = [];
  const requests = createSessionRequests({
    homeserverUrl: server.url,
    accessToken: "access-0",
    refreshing: tokens,
    closed: closing.signal,
    onSignedOut: (soft) => signedOut.push(soft),
  });
  const request = (method: "GET", path: string) => requests.request(method, path);
  /** The homeserver takes the present access token no more. */
  const expire = (): void => {
    accepted = "none";
  };
  const refreshes = () => server.seen.filter(({ path }) => path === "/token");
  const sdkFetch = createRefreshingFetch(fetch, tokens);
  const bySdk = () =>
    sdkFetch(`${server.url}/_matrix/client/v3/sync`, {
      headers: { Authorization: "Bearer of-the-sdk" },
    });
  const close = (): Promise<void> => {
    closing.abort();
    return tokens.close();
  };
  const seen = { server, storing, stored, signedOut, refreshes };
  return { ...seen, tokens, storage, request, expire, sdkFetch, bySdk, close };
}

describe("renewing tokens", () => {
  it("is done once for all who need it, and the pair is stored before it is used", async () => {
    const { server, request, bySdk, expire, refreshes, stored } = await session((_old, nth) =>
      pair(nth),
    );
    expire();
    const answers = await Promise.all([
      request("GET", "/one"),
      request("GET", "/two"),
      bySdk().then(({ status }) => status),
    ]);
    expect(answers).toEqual([ok({ ok: true }), ok({ ok: true }), 200]);
    expect(refreshes().map(({ fields }) => fields)).toEqual([
      { grant_type: "refresh_token", client_id: "client", refresh_token: "refresh-0" },
    ]);
    expect(stored.map(({ oauth }) => oauth?.refreshToken)).toEqual(["refresh-1"]);
    expect(server.seen.some(({ authorization }) => authorization === "Bearer of-the-sdk")).toBe(
      false,
    );
  });

  it("sends nothing with the new token while its pair is being stored", async () => {
    const { server, storage, storing, request, bySdk, expire } = await session((_old, nth) =>
      pair(nth),
    );
    const { promise, resolve } = Promise.withResolvers<void>();
    storage.until = promise;
    expire();
    const asked = Promise.all([
      request("GET", "/one"),
      request("GET", "/two"),
      bySdk().then(({ status }) => status),
    ]);
    await expect.poll(() => storing.map(({ accessToken }) => accessToken)).toEqual(["access-1"]);
    const late = request("GET", "/late");
    // Ample time for whatever does not wait: each of these goes there and back.
    for (let nth = 0; nth < 5; nth++) await fetch(`${server.url}/elsewhere`);
    const withNew = () =>
      server.seen.filter(({ authorization }) => authorization === "Bearer access-1");
    expect(withNew()).toEqual([]);
    resolve();
    expect(await asked).toEqual([ok({ ok: true }), ok({ ok: true }), 200]);
    expect(await late).toEqual(ok({ ok: true }));
    expect(withNew()).toHaveLength(4);
  });

  it("goes from pair to pair, each refresh token used once", async () => {
    const { request, expire, refreshes, tokens } = await session((_old, nth) => pair(nth));
    for (const path of ["/a", "/b", "/c"]) {
      expire();
      expect(await request("GET", path)).toEqual(ok({ ok: true }));
    }
    expect(refreshes().map(({ fields }) => fields["refresh_token"])).toEqual([
      "refresh-0",
      "refresh-1",
      "refresh-2",
    ]);
    expect(tokens.read().oauth?.refreshToken).toBe("refresh-3");
  });

  it("comes before the token expires, so that nothing has to be sent twice", async () => {
    const { server, request } = await session((_old, nth) => pair(nth), 1);
    expect(await request("GET", "/one")).toEqual(ok({ ok: true }));
    expect(server.seen.map(({ path }) => path)).toEqual(["/token", "/_matrix/client/v3/one"]);
  });

  it("keeps the old refresh token where the server does not rotate it", async () => {
    const { request, expire, tokens } = await session(() => ({
      body: { token_type: "bearer", access_token: "access-1" },
    }));
    expire();
    expect(await request("GET", "/one")).toEqual(ok({ ok: true }));
    expect(tokens.read().oauth).toMatchObject({ refreshToken: "refresh-0", expiresAt: null });
  });

  it.each<[string, OAuthReply]>([
    ["is in trouble", { status: 503, body: { error: "temporarily_unavailable" } }],
    ["answers with something else", { status: 404, body: "not here" }],
    ["sends no tokens", { body: { hello: "world" } }],
    [
      "is too busy",
      { status: 429, body: { errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests" } },
    ],
    ["is behind a proxy that refuses", { status: 403, body: { error: "invalid_grant" } }],
    ["has a passing doubt", { status: 400, body: { error: "invalid_request" } }],
    ["would send us elsewhere", { status: 307, headers: { location: "/elsewhere" } }],
  ])("is tried again later when the authorization server %s", async (_what, reply) => {
    let isBroken = true;
    const { request, bySdk, expire, signedOut, stored, server } = await session((_old, nth) =>
      isBroken ? reply : pair(nth),
    );
    expire();
    expect(await request("GET", "/one")).toMatchObject({ ok: false, error: { kind: "network" } });
    await expect(bySdk()).rejects.toBeInstanceOf(TypeError);
    expect([signedOut, stored]).toEqual([[], []]);
    isBroken = false;
    expect(await request("GET", "/one")).toEqual(ok({ ok: true }));
    expect(server.seen.some(({ path }) => path === "/elsewhere")).toBe(false);
  });

  it.each([
    invalidGrant,
    { status: 401, body: { error: "invalid_client" } },
    { status: 400, body: { error: "unauthorized_client" } },
  ])("that is refused ends the session softly, and is not tried again: %j", async (refusal) => {
    const { request, bySdk, expire, signedOut, refreshes } = await session(() => refusal);
    expire();
    expect(await request("GET", "/one")).toEqual(fail({ kind: "signed_out", soft: true }));
    const answer = await bySdk();
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { errcode: "M_UNKNOWN_TOKEN", error: "The session has expired", soft_logout: true },
    ]);
    expect(signedOut).toEqual([true]);
    expect(refreshes()).toHaveLength(1);
  });

  it("does not repeat what is refused for another reason than the token", async () => {
    const { server, sdkFetch, refreshes } = await session((_old, nth) => pair(nth));
    const answer = await sdkFetch(`${server.url}/any`, { headers: { Authorization: "Bearer x" } });
    expect(answer.status).toBe(200);
    const plain = await sdkFetch(`${server.url}/plain`);
    expect(plain.status).toBe(401);
    expect(refreshes()).toEqual([]);
  });

  it("that is under way is waited for when the session closes", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { close, stored, expire, request } = await session(async (_old, nth) => {
      await promise;
      return pair(nth);
    });
    expire();
    const asked = request("GET", "/one");
    await expect.poll(() => servers[0]?.seen.length).toBe(2);
    const settled = close().then(() => stored.length);
    resolve();
    expect(await settled).toBe(1);
    await asked;
  });

  it("does not begin once the session has closed, however due it is", async () => {
    const { close, request, bySdk, expire, server } = await session((_old, nth) => pair(nth), 1);
    expire();
    await close();
    expect(await request("GET", "/one")).toEqual(fail({ kind: "closed" }));
    await expect(bySdk()).rejects.toBeInstanceOf(TypeError);
    expect(server.seen.filter(({ path }) => path !== "/_matrix/client/v3/sync")).toEqual([]);
  });

  it("does not begin for an answer that comes after the session has closed", async () => {
    const { close, bySdk, expire, refreshes } = await session((_old, nth) => pair(nth));
    expire();
    const asked = expect(bySdk()).rejects.toBeInstanceOf(TypeError);
    await close();
    await asked;
    expect(refreshes()).toEqual([]);
  });

  it.each(["by the next request", "when the session closes"])(
    "stores a pair that could not be stored again, %s",
    async (when) => {
      const { storage, stored, request, expire, close } = await session((_old, nth) => pair(nth));
      storage.isBroken = true;
      expire();
      expect(await request("GET", "/one")).toEqual(ok({ ok: true }));
      expect(stored).toEqual([]);
      storage.isBroken = false;
      if (when === "by the next request") await request("GET", "/two");
      else await close();
      expect(stored.map(({ oauth }) => oauth?.refreshToken)).toEqual(["refresh-1"]);
      await close();
      expect(stored).toHaveLength(1);
    },
  );

  it("that is refused leaves nothing to store: the old pair is dead", async () => {
    const { storage, stored, request, expire, close } = await session((_old, nth) =>
      nth === 1 ? pair(nth) : invalidGrant,
    );
    storage.isBroken = true;
    for (const path of ["/one", "/two"]) {
      expire();
      await request("GET", path);
    }
    storage.isBroken = false;
    await close();
    expect(stored).toEqual([]);
  });
});

describe("tokens as one text", () => {
  const plain: SessionTokens = { accessToken: "syt_abc", oauth: null };
  const oauth: SessionTokens = {
    accessToken: "a",
    oauth: {
      refreshToken: null,
      clientId: "c",
      issuer: "https://auth.test/",
      tokenEndpoint: "https://auth.test/token",
      revocationEndpoint: "https://auth.test/revoke",
      registrationEndpoint: null,
      accountUrl: "https://auth.test/account",
      expiresAt: 5,
    },
  };

  it.each([plain, oauth])("come back as they were", (tokens) => {
    expect(decodeTokens(encodeTokens(tokens))).toEqual(tokens);
  });

  it("of a homeserver's own session are the bare token, as earlier builds stored it", () => {
    expect(encodeTokens(plain)).toBe("syt_abc");
  });

  it.each(["{", "{}", '{"accessToken":"a"}', '{"accessToken":"a","oauth":{"clientId":1}}'])(
    "that are damaged are none: %s",
    (text) => {
      expect(decodeTokens(text)).toBeNull();
    },
  );
});
