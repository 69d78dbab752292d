import { describe, expect, it, vi } from "vitest";
import { ok } from "@/domain/result";
import type { RedirectAnswer } from "@/domain/signIn";
import { createFakeStorage } from "@/testing/createTestApp";
import { readBegun } from "./begunSignIn";
import { beginRedirect, finishRedirect } from "./redirectSignIn";

import type { StoredSession, Vault } from "./vault";

const target = { baseUrl: "https://hs.test/base", host: "hs.test", discoveredFrom: "hs.test" };
const appUrl = "https://keys.test/apps/backup/";

/** Only what is read before anything is sent. */
function vaultWith(stored: StoredSession | null): Vault {
  const notNow = (): never => {
    throw new Error("nothing is to be stored");
  };
  return {
    read: () => Promise.resolve(ok(stored)),
    unlock: notNow,
    store: notNow,
    renew: notNow,
    markCryptoStoreMade: notNow,
    markEnded: notNow,
    storeBeside: notNow,
    readEnded: notNow,
    unlockEnded: notNow,
    removeEnded: notNow,
    remove: notNow,
    sweep: notNow,
  };
}

const ALICE: StoredSession = {
  user: { userId: "@alice:hs.test", deviceId: "DEVICE", homeserverUrl: target.baseUrl },
  cryptoStorePrefix: "p",
  cryptoStoreMade: true,
  ended: false,
};

const notInMemory = { signIn: () => Promise.reject(new Error("nothing is kept in memory here")) };

async function begun(providerId: string | null = "oidc-one", memoryOnly = false) {
  const storage = createFakeStorage();
  const options = { storage, appUrl, clientIds: {} };
  const vault = vaultWith(null);
  const way = { kind: "sso", providerId } as const;
  const answer = await beginRedirect(vault, options, { target, way, memoryOnly });
  if (!answer.ok) throw new Error("it was not begun");
  const url = new URL(answer.value);
  const back = new URL(url.searchParams.get("redirectUrl") ?? "");
  const state = back.searchParams.get("sso_state") ?? "";
  const finish = (reply: RedirectAnswer | null) =>
    finishRedirect(vault, notInMemory, options, reply);
  return { storage, url, back, state, finish };
}

const failed = (reason: string, host: string | null = "hs.test") => ({
  ok: false,
  error: { kind: "sign_in", reason, host },
});

describe("leaving for a single sign-on", () => {
  it("leads to the provider's page of the homeserver, and back to the folder of the app", async () => {
    const { url, back, state, storage } = await begun();
    expect(url.origin + url.pathname).toBe(
      "https://hs.test/base/_matrix/client/v3/login/sso/redirect/oidc-one",
    );
    expect(back.origin + back.pathname).toBe(appUrl);
    expect(state).toMatch(/^[0-9a-f-]{36}$/);
    expect([...storage.items.keys()]).toEqual(["key-backup.sign-in"]);
  });

  it("lets the homeserver choose where no provider has a name, and escapes one that is odd", async () => {
    expect((await begun(null)).url.pathname).toMatch(/\/login\/sso\/redirect$/);
    expect((await begun("a/../b?c")).url.pathname).toMatch(/\/redirect\/a%2F\.\.%2Fb%3Fc$/);
  });

  it("does not begin where a session is stored, or where nothing can be noted", async () => {
    const way = { kind: "sso", providerId: null } as const;
    const options = { storage: createFakeStorage(), appUrl, clientIds: {} };
    expect(await beginRedirect(vaultWith(ALICE), options, { target, way })).toEqual(
      failed("session_stored", null),
    );
    expect(options.storage.items.size).toBe(0);
    expect(
      await beginRedirect(
        vaultWith(null),
        { storage: null, appUrl, clientIds: {} },
        { target, way },
      ),
    ).toMatchObject({ ok: false, error: { kind: "storage" } });
  });
});

describe("what the form held", () => {
  it.each([true, false])(
    "can be read for the next try, and stays: shared computer %s",
    async (memoryOnly) => {
      const { storage } = await begun(null, memoryOnly);
      expect(readBegun(storage)).toEqual({ homeserver: "hs.test", memoryOnly });
      expect(readBegun(storage)).toEqual({ homeserver: "hs.test", memoryOnly });
    },
  );

  it.each([null, "", "7", "[]", "{}", '{"homeserver":1,"memoryOnly":true}', '{"homeserver":"hs"}'])(
    "is not read from %j",
    (text) => {
      const storage = createFakeStorage();
      if (text !== null) storage.setItem("key-backup.sign-in", text);
      expect(readBegun(storage)).toBeNull();
    },
  );
});

describe("an answer", () => {
  it("that is none means that the person came back without one, once", async () => {
    const { finish } = await begun();
    expect(await finish(null)).toEqual(failed("cancelled"));
    expect(await finish(null)).toEqual(ok(null));
  });

  it("to another request is refused, and the right one after it, too", async () => {
    const { finish, state, storage } = await begun();
    const reply = { kind: "sso", loginToken: "secret" } as const;
    expect(await finish({ ...reply, state: "other" })).toEqual(failed("not_asked", null));
    expect(storage.items.size).toBe(0);
    expect(await finish({ ...reply, state })).toEqual(failed("not_asked", null));
  });

  it.each<RedirectAnswer>([
    { kind: "sso", state: null, loginToken: "secret" },
    { kind: "sso", state: "abc", loginToken: "secret" },
    { kind: "oauth", state: "abc", issuer: null, code: "secret" },
  ])("in a tab that asked for nothing is refused: %j", async (reply) => {
    const options = { storage: createFakeStorage(), appUrl, clientIds: {} };
    expect(await finishRedirect(vaultWith(null), notInMemory, options, reply)).toEqual(
      failed("not_asked", null),
    );
  });

  it("of another kind than was asked for is refused", async () => {
    const { finish, state } = await begun();
    expect(await finish({ kind: "oauth", state, issuer: null, code: "c" })).toEqual(
      failed("not_asked", null),
    );
  });

  it.each([
    ["a quarter of an hour", -(15 * 60_000 + 1)],
    ["from before the request, by a clock that was set back,", 60_000],
  ])("after %s is too late", async (_when, offset) => {
    const { finish, state, storage } = await begun();
    const [[key, text] = ["", ""]] = storage.items;
    const noted = JSON.parse(text) as Record<string, unknown>;
    storage.setItem(key, JSON.stringify({ ...noted, startedAt: Date.now() + offset }));
    expect(await finish({ kind: "sso", state, loginToken: "secret" })).toEqual(failed("too_late"));
  });

  it.each(["", "null", "{}", "[1]", '{"state":1}', '{"state":"a","startedAt":0}'])(
    "to what is noted as %j is refused",
    async (text) => {
      const options = { storage: createFakeStorage(), appUrl, clientIds: {} };
      options.storage.setItem("key-backup.sign-in", text);
      const reply = { kind: "sso", state: "a", loginToken: "secret" } as const;
      expect(await finishRedirect(vaultWith(null), notInMemory, options, reply)).toEqual(
        failed("not_asked", null),
      );
    },
  );

  it("whose exchange is cut off by a reload leaves the form, no secret, and a word about it", async () => {
    const { storage, state, finish } = await begun(null, true);
    const login = Promise.withResolvers<Response>();
    vi.stubGlobal("fetch", () => login.promise);
    const memory = { signIn: (logIn: () => Promise<unknown>) => logIn() };
    const options = { storage, appUrl, clientIds: {} };
    const reply = { kind: "sso", state, loginToken: "secret" } as const;
    void finishRedirect(vaultWith(null), memory as never, options, reply);
    expect([...storage.items.values()].map((text) => JSON.parse(text) as unknown)).toEqual([
      { homeserver: "hs.test", memoryOnly: true },
    ]);
    // The page that was loaded anew.
    expect(readBegun(storage)).toEqual({ homeserver: "hs.test", memoryOnly: true });
    expect(await finish(null)).toEqual(failed("interrupted"));
    expect(storage.items.size).toBe(0);
    vi.unstubAllGlobals();
  });

  it.each([
    [
      "refused",
      () => Promise.resolve(Response.json({ errcode: "M_FORBIDDEN" }, { status: 403 })),
      0,
    ],
    // Firefox ends the requests of a page that is left before the page itself.
    ["cut off", () => Promise.reject(new TypeError("NetworkError")), 1],
  ])("whose exchange is %s", async (_how, answer, left) => {
    const { storage, state, finish } = await begun();
    vi.stubGlobal("fetch", answer);
    expect(await finish({ kind: "sso", state, loginToken: "secret" })).toMatchObject({ ok: false });
    expect(storage.items.size).toBe(left);
    expect([...storage.items.values()].join("")).not.toContain(state);
    vi.unstubAllGlobals();
  });

  it("for a session that is stored by now is not used", async () => {
    const { storage, state } = await begun();
    const reply = { kind: "sso", state, loginToken: "secret" } as const;
    expect(
      await finishRedirect(
        vaultWith(ALICE),
        notInMemory,
        { storage, appUrl, clientIds: {} },
        reply,
      ),
    ).toEqual(failed("session_stored", null));
  });

  it("for a session of which nothing is to be stored goes to memory, whatever is stored", async () => {
    const storage = createFakeStorage();
    const options = { storage, appUrl, clientIds: {} };
    const way = { kind: "sso", providerId: null } as const;
    const vault = vaultWith(ALICE);
    const leaving = await beginRedirect(vault, options, { target, way, memoryOnly: true });
    if (!leaving.ok) throw new Error("it was not begun");
    const back = new URL(new URL(leaving.value).searchParams.get("redirectUrl") ?? "");
    const state = back.searchParams.get("sso_state");
    const memory = { signIn: vi.fn(() => Promise.resolve(ok(ALICE.user))) };
    const reply = { kind: "sso", state, loginToken: "secret" } as const;
    expect(await finishRedirect(vault, memory, options, reply)).toEqual(
      ok({ user: ALICE.user, memoryOnly: true, host: new URL(target.baseUrl).host }),
    );
    expect(memory.signIn).toHaveBeenCalledOnce();
    expect(storage.items.size).toBe(0);
  });
});
