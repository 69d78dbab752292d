import { afterEach, beforeEach, expect, it } from "vitest";
import { ok } from "@/domain/result";
import { startOAuthServer, type OAuthReply, type OAuthServerRig } from "./oauthServerRig";
import { loginOfToken, signInWithToken } from "./tokenSignIn";
import type { StoredSession, Vault } from "./vault";

let server: OAuthServerRig;
let owner: OAuthReply;
let devices: Record<string, unknown>;

beforeEach(async () => {
  owner = { body: { user_id: "@alice:hs.test", device_id: "FRESH" } };
  devices = {};
  server = await startOAuthServer(({ path }) =>
    path.endsWith("/whoami") ? owner : { body: { device_keys: { "@alice:hs.test": devices } } },
  );
});
afterEach(() => server.stop());

async function tryToken(stored: StoredSession | null = null) {
  const kept: unknown[] = [];
  const notNow = (): never => {
    throw new Error("not for signing in");
  };
  const vault: Vault = {
    read: async () => ok(stored),
    store: async (user, token) => {
      kept.push([user, token]);
      return ok(undefined);
    },
    renew: notNow,
    storeBeside: notNow,
    markEnded: notNow,
    unlock: notNow,
    markCryptoStoreMade: notNow,
    readEnded: notNow,
    unlockEnded: notNow,
    removeEnded: notNow,
    remove: notNow,
    sweep: notNow,
  };
  const target = { baseUrl: server.url, host: "hs.test", discoveredFrom: null };
  const outcome = await signInWithToken(vault, { target, accessToken: "syt_token" });
  const asked = server.seen.map(({ path }) => path.replace("/_matrix/client/v3", ""));
  return { outcome, kept, asked };
}

const refused = (reason: string) => ({ ok: false, error: { kind: "sign_in", reason } });

it("takes user and device of the token from the homeserver", async () => {
  const user = { userId: "@alice:hs.test", deviceId: "FRESH", homeserverUrl: server.url };
  const { outcome, kept, asked } = await tryToken();
  expect(outcome).toEqual(ok(user));
  expect(kept).toEqual([[user, "syt_token"]]);
  expect(asked).toEqual(["/account/whoami", "/keys/query"]);
  expect(server.seen.map(({ authorization }) => authorization)).toEqual([
    "Bearer syt_token",
    "Bearer syt_token",
  ]);
});

it("refuses a token of no device", async () => {
  owner = { body: { user_id: "@alice:hs.test" } };
  const { outcome, kept } = await tryToken();
  expect([outcome, kept]).toMatchObject([refused("token_without_device"), []]);
});

it("refuses the token of a device that has keys, and leaves the token alone", async () => {
  devices = { FRESH: { keys: {} } };
  const { outcome, kept, asked } = await tryToken();
  expect([outcome, kept]).toMatchObject([refused("token_device_in_use"), []]);
  expect(asked).not.toContain("/logout");
});

it("says when the homeserver does not accept it", async () => {
  owner = { status: 401, body: { errcode: "M_UNKNOWN_TOKEN", error: "Unrecognised token" } };
  expect((await tryToken()).outcome).toMatchObject(refused("token_refused"));
});

it("sends nothing where a session is stored", async () => {
  const user = { userId: "@alice:hs.test", deviceId: "OLD", homeserverUrl: server.url };
  const stored = { user, cryptoStorePrefix: "p", cryptoStoreMade: true, ended: false };
  const { outcome, asked } = await tryToken(stored);
  expect([outcome, asked]).toMatchObject([refused("session_stored"), []]);
});

it("refuses the token of another user than the one whose keys are in the page, and leaves it alone", async () => {
  const request = {
    target: { baseUrl: server.url, host: "hs.test", discoveredFrom: null },
    accessToken: "syt_token",
  };
  expect(await loginOfToken(request, "@bob:hs.test")).toMatchObject(refused("other_account"));
  expect(server.seen.map(({ path }) => path)).toEqual(["/_matrix/client/v3/account/whoami"]);
  expect(await loginOfToken(request, "@alice:hs.test")).toMatchObject({ ok: true });
});
