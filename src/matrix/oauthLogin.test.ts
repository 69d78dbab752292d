import { afterEach, describe, expect, it } from "vitest";
import { ok } from "@/domain/result";
import type { RedirectAnswer } from "@/domain/signIn";
import { createFakeStorage } from "@/testing/createTestApp";
import { startOAuthServer, type OAuthReply, type OAuthServerRig } from "./oauthServerRig";
import { beginRedirect, finishRedirect } from "./redirectSignIn";
import { decodeTokens } from "./sessionTokens";
import type { StoredSession, Vault } from "./vault";

const servers: OAuthServerRig[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const appUrl = "https://keys.test/backup/";

interface Behaviour {
  readonly metadata?: Record<string, unknown>;
  readonly register?: OAuthReply;
  readonly token?: OAuthReply;
  readonly device?: string | undefined;
  readonly user?: string;
  readonly hasKeys?: boolean;
}

/** Homeserver and authorization server in one. */
async function start(behaviour: () => Behaviour) {
  const server = await startOAuthServer((form, url) => {
    const { metadata = {}, register, token, user = "@alice:hs.test", device } = behaviour();
    const { hasKeys = true } = behaviour();
    switch (form.path) {
      case "/_matrix/client/v1/auth_metadata":
        return {
          body: {
            issuer: `${url}/`,
            authorization_endpoint: `${url}/authorize`,
            token_endpoint: `${url}/token`,
            revocation_endpoint: `${url}/revoke`,
            registration_endpoint: `${url}/register`,
            account_management_uri: `${url}/account`,
            response_modes_supported: ["query", "fragment"],
            response_types_supported: ["code"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            code_challenge_methods_supported: ["S256"],
            ...metadata,
          },
        };
      case "/register":
        return register ?? { status: 201, body: { client_id: "registered" } };
      case "/token":
        return (
          token ?? {
            body: {
              token_type: "Bearer",
              access_token: "access",
              refresh_token: "refresh",
              expires_in: 300,
            },
          }
        );
      case "/_matrix/client/v3/account/whoami":
        return { body: { user_id: user, device_id: device } };
      case "/_matrix/client/v3/keys/query":
        return {
          body: {
            device_keys: { [user]: hasKeys && device !== undefined ? { [device]: {} } : {} },
          },
        };
      default:
        return {};
    }
  });
  servers.push(server);
  return server;
}

/** A vault in memory, with or without a session. */
function memoryVault(stored: StoredSession | null) {
  const kept: string[] = [];
  const marked: string[] = [];
  const keep = async (_user: unknown, text: string) => {
    kept.push(text);
    return ok(undefined);
  };
  const notNow = (): never => {
    throw new Error("not for signing in");
  };
  const vault: Vault = {
    read: async () => ok(stored),
    store: keep,
    renew: keep,
    storeBeside: keep,
    markEnded: async (user) => {
      marked.push(user.deviceId);
      return ok(undefined);
    },
    unlock: notNow,
    markCryptoStoreMade: notNow,
    readEnded: notNow,
    unlockEnded: notNow,
    removeEnded: notNow,
    remove: notNow,
    sweep: notNow,
  };
  return { vault, kept, marked };
}

async function flow(
  options: {
    behaviour?: Behaviour;
    clientIds?: (url: string) => Record<string, string>;
    renews?: string;
    /** Whether the stored device has ever published its keys. */
    published?: boolean;
  } = {},
) {
  let asked: URL | null = null;
  const deviceOf = (url: URL | null) =>
    /urn:matrix:client:device:(\S+)/.exec(url?.searchParams.get("scope") ?? "")?.[1];
  const behaviour = { ...options.behaviour };
  const server = await start(() => ({ device: deviceOf(asked), ...behaviour }));
  const storage = createFakeStorage();
  const redirects = { storage, appUrl, clientIds: options.clientIds?.(server.url) ?? {} };
  const { renews } = options;
  const stored: StoredSession | null =
    renews === undefined
      ? null
      : {
          user: { userId: "@alice:hs.test", deviceId: renews, homeserverUrl: server.url },
          cryptoStorePrefix: "p",
          cryptoStoreMade: true,
          ended: false,
        };
  const memory = memoryVault(stored);
  const target = { baseUrl: server.url, host: "hs.test", discoveredFrom: null };
  const begun = await beginRedirect(memory.vault, redirects, {
    target,
    way: { kind: "oauth" },
    ...(renews === undefined ? {} : { deviceId: renews }),
  });
  asked = begun.ok ? new URL(begun.value) : null;
  const state = asked?.searchParams.get("state") ?? "";
  const finish = (answer: RedirectAnswer) =>
    finishRedirect(memory.vault, notInMemory, redirects, answer, async () =>
      ok(options.published ?? true),
    );
  const code = (more: Partial<Extract<RedirectAnswer, { kind: "oauth" }>> = {}) =>
    finish({ kind: "oauth", state, issuer: null, code: "the-code", ...more });
  const sent = (path: string) => server.seen.filter((form) => form.path === path);
  return { server, begun, asked, state, storage, finish, code, sent, behaviour, ...memory };
}

const notInMemory = { signIn: () => Promise.reject(new Error("nothing is kept in memory here")) };

const failed = (reason: string) => ({ ok: false, error: { kind: "sign_in", reason } });

describe("leaving for an authorization server", () => {
  it("registers the app, and asks with PKCE for a device of its own", async () => {
    const { asked, sent, storage } = await flow();
    expect(JSON.parse(sent("/register")[0]?.body ?? "")).toEqual({
      client_name: "Key Backup",
      client_uri: appUrl,
      redirect_uris: [appUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "web",
    });
    const query = Object.fromEntries(asked?.searchParams ?? []);
    expect(query).toMatchObject({
      response_type: "code",
      response_mode: "fragment",
      client_id: "registered",
      redirect_uri: appUrl,
      code_challenge_method: "S256",
    });
    expect(query["scope"]).toMatch(/^urn:matrix:client:api:\* urn:matrix:client:device:\w{10}$/);
    const noted = storage.getItem("key-backup.sign-in") ?? "";
    const { codeVerifier } = (JSON.parse(noted) as { oauth: { codeVerifier: string } }).oauth;
    expect(asked?.href).not.toContain(codeVerifier);
  });

  it("uses the client id an operator has set, with and without self-registration", async () => {
    const clientIds = (url: string) => ({ [`${url}/`]: "from-config" });
    const { asked, sent } = await flow({ clientIds });
    expect(asked?.searchParams.get("client_id")).toBe("from-config");
    expect(sent("/register")).toEqual([]);
    const metadata = { registration_endpoint: undefined };
    const withoutSlash = (url: string) => ({ [url]: "from-config" });
    const without = await flow({ clientIds: withoutSlash, behaviour: { metadata } });
    expect(without.asked?.searchParams.get("client_id")).toBe("from-config");
  });

  it.each<[string, Behaviour, unknown]>([
    [
      "has an address that reads as more than one in the page's policy",
      { metadata: { token_endpoint: "https://*.example/token" } },
      failed("oauth_unsupported"),
    ],
    [
      "has an address that would end the page's policy",
      { metadata: { revocation_endpoint: "https://a.example;x/revoke" } },
      failed("oauth_unsupported"),
    ],
    [
      "takes no unknown app",
      { metadata: { registration_endpoint: undefined } },
      failed("not_registered"),
    ],
    [
      "refuses to register it",
      { register: { status: 400, body: { error: "invalid_redirect_uri" } } },
      failed("not_registered"),
    ],
    ["registers without an id", { register: { status: 201, body: {} } }, failed("not_registered")],
    ["is in trouble", { register: { status: 503, body: {} } }, failed("unavailable")],
    ["asks to wait", { register: { status: 429, body: {} } }, failed("unavailable")],
  ])("does not begin with one that %s", async (_what, behaviour, outcome) => {
    const { begun, storage } = await flow({ behaviour });
    expect(begun).toMatchObject(outcome as object);
    expect(storage.items.size).toBe(0);
  });
});

describe("coming back with a code", () => {
  it("stores the tokens with what renews and revokes them", async () => {
    const { code, kept, sent, storage, server } = await flow();
    const { oauth } = JSON.parse(storage.getItem("key-backup.sign-in") ?? "") as {
      oauth: { codeVerifier: string; deviceId: string };
    };
    expect(await code()).toEqual(
      ok({
        user: { userId: "@alice:hs.test", deviceId: oauth.deviceId, homeserverUrl: server.url },
        memoryOnly: false,
        host: new URL(server.url).host,
      }),
    );
    expect(sent("/token")[0]?.fields).toEqual({
      grant_type: "authorization_code",
      client_id: "registered",
      code_verifier: oauth.codeVerifier,
      redirect_uri: appUrl,
      code: "the-code",
    });
    expect(decodeTokens(kept[0] ?? "")).toMatchObject({
      accessToken: "access",
      oauth: {
        refreshToken: "refresh",
        issuer: `${server.url}/`,
        tokenEndpoint: `${server.url}/token`,
        revocationEndpoint: `${server.url}/revoke`,
        registrationEndpoint: `${server.url}/register`,
        accountUrl: `${server.url}/account`,
      },
    });
    expect(storage.items.size).toBe(0);
  });

  it("of another issuer, or of none where it names itself, exchanges nothing", async () => {
    const other = await flow();
    expect(await other.code({ issuer: "https://evil.test/" })).toMatchObject(
      failed("wrong_issuer"),
    );
    expect(other.sent("/token")).toEqual([]);
    const metadata = { authorization_response_iss_parameter_supported: true };
    const none = await flow({ behaviour: { metadata } });
    expect(await none.code()).toMatchObject(failed("wrong_issuer"));
    expect(none.sent("/token")).toEqual([]);
  });

  it("exchanges nothing when the homeserver names another authorization server by now", async () => {
    const { code, sent, behaviour } = await flow();
    const other = "https://other.test/";
    Object.assign(behaviour, {
      metadata: {
        issuer: other,
        authorization_endpoint: `${other}auth`,
        token_endpoint: `${other}token`,
        revocation_endpoint: `${other}revoke`,
        registration_endpoint: `${other}register`,
      },
    });
    expect(await code()).toMatchObject(failed("wrong_issuer"));
    expect(sent("/token")).toEqual([]);
  });

  it.each([
    ["invalid_grant", "spent"],
    ["invalid_client", "refused"],
  ])("that is refused as %s says so", async (error, reason) => {
    const token = { status: 400, body: { error } };
    const { code, kept } = await flow({ behaviour: { token } });
    expect(await code()).toMatchObject(failed(reason));
    expect(kept).toEqual([]);
  });

  it.each<[string, OAuthReply]>([
    ["is in trouble", { status: 503 }],
    ["answers with something else", { body: { nothing: true } }],
    ["leads elsewhere", { status: 302, headers: { location: "/elsewhere" } }],
  ])("to a server that %s then names that server, and not the homeserver", async (_what, token) => {
    const { code, kept, server } = await flow({ behaviour: { token } });
    const { host } = new URL(server.url);
    expect(await code()).toEqual({
      ok: false,
      error: { kind: "sign_in", reason: "unavailable", host },
    });
    expect(kept).toEqual([]);
  });

  it("revokes tokens of another device than was asked for", async () => {
    const { code, kept, sent } = await flow({ behaviour: { device: "OTHER" } });
    expect(await code()).toMatchObject(failed("refused"));
    expect(kept).toEqual([]);
    expect(sent("/revoke").map(({ fields }) => fields["token"])).toEqual(["refresh", "access"]);
  });

  it.each([
    ["access_denied", "cancelled"],
    ["server_error", "refused"],
  ])("and with %s instead of one says so, and sends nothing", async (error, reason) => {
    const { finish, state, sent } = await flow();
    expect(await finish({ kind: "oauth_error", state, issuer: null, error })).toMatchObject(
      failed(reason),
    );
    expect(sent("/token")).toEqual([]);
  });
});

describe("renewing an expired session", () => {
  it("asks for the same device, and keeps the new tokens", async () => {
    const { asked, code, kept, sent } = await flow({ renews: "STORED" });
    expect(asked?.searchParams.get("scope")).toContain("urn:matrix:client:device:STORED");
    expect(await code()).toMatchObject(ok({ user: { deviceId: "STORED" } }));
    expect(kept).toHaveLength(1);
    expect(sent("/revoke")).toEqual([]);
  });

  it("refuses and revokes another account", async () => {
    const { code, kept, sent } = await flow({
      renews: "STORED",
      behaviour: { user: "@mallory:hs.test" },
    });
    expect(await code()).toMatchObject(failed("other_account"));
    expect(kept).toEqual([]);
    expect(sent("/revoke")).toHaveLength(2);
  });

  it("does not bring a removed device back without its keys", async () => {
    const { code, kept, marked } = await flow({ renews: "STORED", behaviour: { hasKeys: false } });
    expect(await code()).toMatchObject(failed("device_removed"));
    expect([kept, marked]).toEqual([[], ["STORED"]]);
  });

  it("takes a device for its own that had no time to publish its keys", async () => {
    const { code, kept, marked } = await flow({
      renews: "STORED",
      published: false,
      behaviour: { hasKeys: false },
    });
    expect(await code()).toMatchObject(ok({ user: { deviceId: "STORED" } }));
    expect([kept.length, marked]).toEqual([1, []]);
  });
});
