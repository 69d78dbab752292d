import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SignedInUser } from "@/domain/session";
import { deleteDatabase } from "@/lib/idb";
import { endStored } from "./endStored";
import { encodeTokens } from "./sessionTokens";
import { createVault, type Vault } from "./vault";

const NAME = "end-stored-test";
const DONE = { ok: true, value: undefined };
const oauth = {
  refreshToken: "refresh",
  clientId: "client",
  issuer: "https://auth.example.org/",
  tokenEndpoint: "https://auth.example.org/token",
  revocationEndpoint: "https://auth.example.org/revoke",
  registrationEndpoint: null,
  accountUrl: null,
  expiresAt: 1,
};

let user: SignedInUser;
let vault: Vault;

beforeEach(() => {
  user = {
    userId: "@alice:example.org",
    deviceId: crypto.randomUUID(),
    homeserverUrl: "https://matrix.example.org",
  };
  vault = createVault(NAME);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await vault.remove();
  await deleteDatabase(NAME);
});

type Answer = (request: { url: string; init: RequestInit }) => Promise<Response>;

/** Answers in the place of all servers, and notes what they were asked. */
function answering(answer: Answer) {
  const asked: { url: string; init: RequestInit }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init = {}) => {
    const request = { url: String(input instanceof Request ? input.url : input), init };
    asked.push(request);
    return answer(request);
  });
  return asked;
}

const yes: Answer = () => Promise.resolve(Response.json({}));
const dead =
  (soft: boolean): Answer =>
  () => {
    const body = { errcode: "M_UNKNOWN_TOKEN", error: "no", soft_logout: soft };
    return Promise.resolve(Response.json(body, { status: 401 }));
  };

it("logs the stored device out at its homeserver, and removes nothing", async () => {
  await vault.store(user, "token");
  const asked = answering(yes);
  expect(await endStored(vault)).toEqual(DONE);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.url).toBe("https://matrix.example.org/_matrix/client/v3/logout");
  expect(new Headers(asked[0]?.init.headers).get("Authorization")).toBe("Bearer token");
  expect(await vault.read()).toMatchObject({ ok: true, value: { user, ended: false } });
});

it("revokes the tokens of an authorization server there, the refresh token first", async () => {
  await vault.store(user, encodeTokens({ accessToken: "access", oauth }));
  const asked = answering(yes);
  expect(await endStored(vault)).toEqual(DONE);
  expect(asked.map(({ url }) => url)).toEqual([oauth.revocationEndpoint, oauth.revocationEndpoint]);
  const tokens = asked.map(({ init: { body } }) =>
    body instanceof URLSearchParams ? body.get("token") : null,
  );
  expect(tokens).toEqual(["refresh", "access"]);
});

it("counts a token that is dead as ended, but not one whose device is still listed", async () => {
  await vault.store(user, "token");
  answering(dead(false));
  expect(await endStored(vault)).toEqual(DONE);
  answering(dead(true));
  expect(await endStored(vault)).toEqual({ ok: false, error: { kind: "signed_out", soft: true } });
});

it("says when nobody answers", async () => {
  await vault.store(user, "token");
  answering(() => Promise.reject(new TypeError("Failed to fetch")));
  expect(await endStored(vault)).toMatchObject({ ok: false, error: { kind: "network" } });
});

it("waits a quarter of a minute for both tokens together", async () => {
  await vault.store(user, encodeTokens({ accessToken: "access", oauth }));
  const limit = new AbortController();
  const limits = vi.spyOn(AbortSignal, "timeout").mockReturnValue(limit.signal);
  const asked = answering(({ init }) => {
    setTimeout(() => limit.abort(new DOMException("", "TimeoutError")));
    return new Promise((_, reject) => {
      if (init.signal?.aborted) reject(new Error("over"));
      init.signal?.addEventListener("abort", () => reject(new Error("over")));
    });
  });
  expect(await endStored(vault)).toMatchObject({ ok: false, error: { kind: "timeout" } });
  expect(asked).toHaveLength(2);
  expect(limits.mock.calls).toEqual([[15_000]]);
});

it("has nobody to tell of what is not stored, or was ended by the server", async () => {
  const asked = answering(yes);
  expect(await endStored(vault)).toEqual(DONE);
  await vault.store(user, "token");
  await vault.markEnded(user);
  expect(await endStored(vault)).toEqual(DONE);
  expect(asked).toEqual([]);
});

it("does not claim to have told of what cannot be read", async () => {
  await vault.store(user, "{damaged");
  const asked = answering(yes);
  const mismatch = { ok: false, error: { kind: "storage", reason: "mismatch" } };
  expect(await endStored(vault)).toEqual(mismatch);
  expect(asked).toEqual([]);
});
