import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { HomeserverTarget, SignedInUser } from "@/domain/session";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn } from "./signIn";
import type { StoredSession, Vault } from "./vault";

interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** Answers /login as told and notes every request; /logout always works. */
let server: Server;
let target: HomeserverTarget;
let seen: Seen[] = [];
let login: { status: number; body: unknown };

const ALICE = (): SignedInUser => ({
  userId: "@alice:example.org",
  deviceId: "DEVICE",
  homeserverUrl: target.baseUrl,
});

beforeEach(async () => {
  seen = [];
  login = {
    status: 200,
    body: { user_id: "@alice:example.org", device_id: "DEVICE", access_token: "new-token" },
  };
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const path = request.url ?? "";
      seen.push({
        path,
        authorization: request.headers.authorization,
        body: JSON.parse(body) as Record<string, unknown>,
      });
      const answer = path.endsWith("/login") ? login : { status: 200, body: {} };
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  target = { baseUrl: `http://${host}`, host, discoveredFrom: null };
});

afterEach(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
    }),
);

/** IndexedDB is not here in Node; the real vault is tested in a browser. */
class MemoryVault implements Vault {
  stored: StoredSession | null = null;
  token: string | null = null;
  /** Devices whose ended session is kept beside the present one. */
  readonly beside: string[] = [];
  readError: AppError | null = null;
  writeError: AppError | null = null;

  read() {
    return Promise.resolve(this.readError === null ? ok(this.stored) : fail(this.readError));
  }
  store(user: SignedInUser, accessToken: string) {
    return this.#write(user, accessToken);
  }
  renew(user: SignedInUser, accessToken: string) {
    return this.#write(user, accessToken);
  }
  unlock(): never {
    throw new Error("not for signing in");
  }
  storeBeside(user: SignedInUser, accessToken: string) {
    if (this.stored !== null) this.beside.push(this.stored.user.deviceId);
    return this.#write(user, accessToken);
  }
  markEnded(): never {
    throw new Error("not for signing in");
  }
  readEnded(): never {
    throw new Error("not for signing in");
  }
  unlockEnded(): never {
    throw new Error("not for signing in");
  }
  removeEnded(): never {
    throw new Error("not for signing in");
  }
  markCryptoStoreMade(): never {
    throw new Error("not for signing in");
  }
  remove(): never {
    throw new Error("not for signing in");
  }
  sweep(): never {
    throw new Error("not for signing in");
  }

  #write(user: SignedInUser, accessToken: string): Promise<Result<void, AppError>> {
    if (this.writeError !== null) return Promise.resolve(fail(this.writeError));
    this.stored = { user, cryptoStorePrefix: "p", cryptoStoreMade: false, ended: false };
    this.token = accessToken;
    return Promise.resolve(ok(undefined));
  }
}

const paths = (): string[] => seen.map(({ path }) => path.replace("/_matrix/client/v3", ""));
const tryTo = (vault: Vault, more: { username?: string; deviceId?: string } = {}) =>
  signIn(vault, { target, username: "alice", password: " pass word ", ...more });

describe("signing in", () => {
  it("sends an e-mail address as one, for homeservers that know it", async () => {
    const username = " alice@example.org ";
    expect(await tryTo(new MemoryVault(), { username })).toMatchObject({ ok: true });
    expect(seen[0]?.body).toMatchObject({
      identifier: { type: "m.id.thirdparty", medium: "email", address: "alice@example.org" },
    });
  });

  it.each([
    ["alice", "alice"],
    ["  alice ", "alice"],
    ["@alice", "alice"],
    ["@alice:example.org", "@alice:example.org"],
  ])(
    "sends %j as %j, the password as typed, and asks for no refresh token",
    async (typed, user) => {
      const vault = new MemoryVault();
      expect(await tryTo(vault, { username: typed })).toEqual({ ok: true, value: ALICE() });
      expect(seen).toEqual([
        {
          path: "/_matrix/client/v3/login",
          authorization: undefined,
          body: {
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password: " pass word ",
            initial_device_display_name: "Key Backup",
          },
        },
      ]);
      expect(vault.token).toBe("new-token");
    },
  );

  it.each([
    [
      403,
      { errcode: "M_FORBIDDEN", error: "Invalid username or password" },
      { kind: "wrong_password" },
    ],
    [403, { errcode: "M_USER_DEACTIVATED", error: "Deactivated" }, { kind: "account_deactivated" }],
    [
      429,
      { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 2000 },
      { kind: "rate_limited", retryAfterMs: 2000 },
    ],
    [
      500,
      { errcode: "M_UNKNOWN", error: "oops" },
      { kind: "server", status: 500, errcode: "M_UNKNOWN", message: "oops" },
    ],
    [
      200,
      { user_id: "@alice:example.org" },
      { kind: "not_matrix", detail: "the login answer lacks its fields" },
    ],
  ])("tells %i %j apart", async (status, body, error) => {
    login = { status, body };
    const vault = new MemoryVault();
    expect(await tryTo(vault)).toEqual({ ok: false, error });
    expect(vault.stored).toBeNull();
  });

  it("asks the browser to keep what it stores, and goes on whatever it answers", async () => {
    // Some ask the person first, who may never answer.
    const persist = vi.fn(() => new Promise<boolean>(() => undefined));
    vi.stubGlobal("navigator", { storage: { persist } });
    try {
      login = { status: 403, body: { errcode: "M_FORBIDDEN", error: "Invalid password" } };
      expect(await tryTo(new MemoryVault())).toMatchObject({ ok: false });
      expect(persist).not.toHaveBeenCalled();
      const { user_id, device_id } = { user_id: "@alice:example.org", device_id: "DEVICE" };
      login = { status: 200, body: { user_id, device_id, access_token: "new-token" } };
      expect(await tryTo(new MemoryVault())).toMatchObject({ ok: true });
      expect(persist).toHaveBeenCalledOnce();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("tries the storage before it sends the password", async () => {
    const vault = new MemoryVault();
    vault.readError = { kind: "storage", reason: "unavailable" };
    expect(await tryTo(vault)).toEqual({ ok: false, error: vault.readError });
    expect(seen).toEqual([]);
  });

  it("ends on the server what it could not store", async () => {
    const vault = new MemoryVault();
    vault.writeError = { kind: "storage", reason: "quota" };
    expect(await tryTo(vault)).toEqual({ ok: false, error: vault.writeError });
    expect(paths()).toEqual(["/login", "/logout"]);
    expect(seen[1]?.authorization).toBe("Bearer new-token");
  });

  it("does not replace a stored session", async () => {
    const vault = new MemoryVault();
    await vault.store(ALICE(), "old-token");
    expect(await tryTo(vault)).toMatchObject({ ok: false, error: { kind: "sign_in" } });
    expect(seen).toEqual([]);
    expect(vault.token).toBe("old-token");
  });
});

describe("renewing", () => {
  it("signs the stored user in on the stored device", async () => {
    const vault = new MemoryVault();
    await vault.store(ALICE(), "old-token");
    const renewed = await tryTo(vault, { username: "mallory", deviceId: "DEVICE" });
    expect(renewed).toEqual({ ok: true, value: ALICE() });
    expect(seen[0]?.body).toMatchObject({
      identifier: { user: "@alice:example.org" },
      device_id: "DEVICE",
    });
    expect(vault.token).toBe("new-token");
  });

  it.each([
    ["another user", { user_id: "@mallory:example.org", device_id: "DEVICE" }],
    ["another device", { user_id: "@alice:example.org", device_id: "NEW" }],
  ])("ends the new token when the server answers for %s", async (_who, answer) => {
    login = { status: 200, body: { ...answer, access_token: "stray-token" } };
    const vault = new MemoryVault();
    await vault.store(ALICE(), "old-token");
    expect(await tryTo(vault, { deviceId: "DEVICE" })).toMatchObject({ ok: false });
    expect(paths()).toEqual(["/login", "/logout"]);
    expect(seen[1]?.authorization).toBe("Bearer stray-token");
    expect(vault.token).toBe("old-token");
  });

  it("does not end what it could not store: that would take the stored device's keys away", async () => {
    const vault = new MemoryVault();
    await vault.store(ALICE(), "old-token");
    vault.writeError = { kind: "storage", reason: "quota" };
    expect(await tryTo(vault, { deviceId: "DEVICE" })).toEqual({
      ok: false,
      error: vault.writeError,
    });
    expect(paths()).toEqual(["/login"]);
  });

  it.each([
    ["nothing is stored", null],
    ["another device is stored", "OTHER"],
  ])("sends nothing when %s", async (_what, stored) => {
    const vault = new MemoryVault();
    if (stored !== null) await vault.store({ ...ALICE(), deviceId: stored }, "old-token");
    expect(await tryTo(vault, { deviceId: "DEVICE" })).toMatchObject({ ok: false });
    expect(seen).toEqual([]);
  });
});

describe("after the server ended the session", () => {
  async function ended(): Promise<MemoryVault> {
    const vault = new MemoryVault();
    vault.stored = {
      user: ALICE(),
      cryptoStorePrefix: "p",
      cryptoStoreMade: true,
      ended: true,
    };
    vault.token = "dead-token";
    return vault;
  }

  it("signs the same user in on a new device, and keeps the ended one beside it", async () => {
    const vault = await ended();
    login.body = { user_id: "@alice:example.org", device_id: "NEW", access_token: "new-token" };
    expect(await tryTo(vault, { username: "mallory" })).toMatchObject({
      ok: true,
      value: { deviceId: "NEW" },
    });
    expect(seen[0]?.body).toMatchObject({ identifier: { user: "@alice:example.org" } });
    expect(seen[0]?.body).not.toHaveProperty("device_id");
    expect(vault).toMatchObject({ token: "new-token", beside: ["DEVICE"] });
  });

  it("does not renew it", async () => {
    const vault = await ended();
    expect(await tryTo(vault, { deviceId: "DEVICE" })).toMatchObject({ ok: false });
    expect(seen).toEqual([]);
  });

  it.each([
    ["another user", { user_id: "@mallory:example.org", device_id: "NEW" }],
    ["the device that was ended", { user_id: "@alice:example.org", device_id: "DEVICE" }],
  ])("ends the new token when the server answers for %s", async (_who, answer) => {
    login.body = { ...answer, access_token: "stray-token" };
    const vault = await ended();
    expect(await tryTo(vault)).toMatchObject({ ok: false });
    expect(paths()).toEqual(["/login", "/logout"]);
    expect(vault).toMatchObject({ token: "dead-token", beside: [] });
  });
});
