import type { LiveSession, SessionGateway } from "@/domain/ports";
import { createRestoreEngine } from "@/restore-engine/createRestoreEngine";
import { createMemoryCursorStore } from "@/restore-engine/memoryCursorStore";
import { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { fail } from "@/domain/result";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createGateway } from "./gateway";
import { makeRoomKey, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { decryptKeyFile } from "./keyFileFormat";

// Node has no IndexedDB: whatever reached for it would fail here.

const PATIENCE = { timeout: 30_000, interval: 50 };

let server: Homeserver;
let userId: string;
let other: TestDevice;
let gateway: SessionGateway;

beforeAll(async () => {
  Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });
  server = await startHomeserver();
});
afterAll(() => server.stop());

beforeEach(async () => {
  userId = await server.register(PASSWORD);
  other = await openDevice(server, userId);
  gateway = createGateway({
    createBackupEntries: () => ({
      read: () => Promise.reject(new Error("not here")),
      readOpened: () => Promise.reject(new Error("not here")),
    }),
    redirects: { storage: null, appUrl: "https://app.test/", clientIds: {} },
    sampler: { test: () => Promise.reject(new Error("not here")) },
    createRestoreEngine: ({ cursorDatabase, ...ports }) => {
      if (cursorDatabase !== null) throw new Error("nothing may be stored");
      return createRestoreEngine({
        ...ports,
        cursors: createMemoryCursorStore(),
        createWorker: () => {
          throw new Error("no workers here");
        },
      });
    },
  });
});
afterEach(async () => {
  await gateway.forget();
  other.stop();
});

const signIn = (username = userId) =>
  gateway.signIn({
    target: { baseUrl: server.url, host: new URL(server.url).host, discoveredFrom: null },
    username,
    password: PASSWORD,
    memoryOnly: true,
  });

/** Opens what was signed in to, and waits for the first sync. */
async function open(): Promise<LiveSession & { readonly heard: unknown[] }> {
  const live = valueOf(await gateway.open());
  const heard: unknown[] = [];
  live.subscribe((event) => heard.push(event));
  await vi.waitFor(() => expect(heard).toContainEqual({ kind: "sync", state: "live" }), PATIENCE);
  return { ...live, heard };
}

const count = async (live: LiveSession) => valueOf(await live.keyBackup.countRoomKeys());

async function devices(): Promise<readonly string[]> {
  const answer: unknown = valueOf(await other.context.request("GET", "/devices"));
  const list: unknown = answer instanceof Object && "devices" in answer ? answer.devices : [];
  return Array.isArray(list) ? list.map((device: { device_id: string }) => device.device_id) : [];
}

async function endDevice(deviceId: string): Promise<void> {
  const first = await fetch(`${server.url}/_matrix/client/v3/devices/${deviceId}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${other.client.getAccessToken() ?? ""}` },
    body: "{}",
  });
  const { session } = (await first.json()) as { session: string };
  const identifier = { type: "m.id.user", user: userId };
  const auth = { type: "m.login.password", identifier, password: PASSWORD, session };
  const second = await fetch(`${server.url}/_matrix/client/v3/devices/${deviceId}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${other.client.getAccessToken() ?? ""}` },
    body: JSON.stringify({ auth }),
  });
  expect(second.status).toBe(200);
}

/** The device ids of the crypto machines that are closed from now on. */
function noteClosed(): { readonly closed: readonly string[]; readonly restore: () => void } {
  const closed: string[] = [];
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { close } = OlmMachine.prototype;
  const spy = vi.spyOn(OlmMachine.prototype, "close");
  spy.mockImplementation(function note(this: OlmMachine) {
    closed.push(this.deviceId.toString());
    close.call(this);
  });
  return { closed, restore: () => spy.mockRestore() };
}

/** Another device sends messages, whose keys the session then holds, backed up nowhere. */
async function receiveKeys(live: LiveSession, wanted: number): Promise<void> {
  for (let sent = 0; sent < wanted; sent++) await makeRoomKey(other);
  await vi.waitFor(async () => expect((await count(live)).total).toBe(wanted), PATIENCE);
}

test("a session in memory sets up, counts and restores, and signing out deletes its device", async () => {
  // Node has none of it; a browser's is there to keep what is stored.
  const persist = vi.fn(() => Promise.resolve(true));
  Object.defineProperty(navigator, "storage", { configurable: true, value: { persist } });
  const user = valueOf(await signIn());
  const live = await open();
  expect(live).toMatchObject({ user, memoryOnly: true });
  const key = live.setUp.generateRecoveryKey();
  const text = { bytes: key.bytes.slice(), text: key.text };
  valueOf(
    await live.setUp.run(key, {
      onStep: () => undefined,
      askPassword: () => Promise.resolve(PASSWORD),
    }),
  );
  await receiveKeys(live, 3);
  await vi.waitFor(async () => expect((await count(live)).backedUp).toBe(3), PATIENCE);
  expect(await devices()).toContain(user.deviceId);
  const { closed, restore } = noteClosed();
  expect(await live.signOut()).toEqual({ ok: true, value: undefined });
  restore();
  expect(closed).toEqual([user.deviceId]);
  expect(await devices()).not.toContain(user.deviceId);

  const next = valueOf(await signIn());
  expect(next.deviceId).not.toBe(user.deviceId);
  const again = await open();
  expect((await count(again)).total).toBe(0);
  valueOf(await again.keyBackup.unlock(text));
  const info = valueOf(await again.keyBackup.fetchBackupInfo());
  if (info === null) throw new Error("no backup");
  const request = { version: info.version, expected: info.count, etag: info.etag, firstRooms: [] };
  const run = () =>
    again.restore.run(request, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onRoomReady: () => undefined,
    });
  const first = await run();
  expect(first).toMatchObject({
    kind: "completed",
    report: { tally: { imported: 3, improved: 0, already: 0 } },
  });
  expect(await count(again)).toEqual({ total: 3, backedUp: 3 });
  // The cursor is in memory, too: a second run of the same backup asks for none of it.
  expect(await run()).toMatchObject({
    kind: "completed",
    report: { tally: { imported: 0, already: 3 } },
  });
  expect(persist).not.toHaveBeenCalled();
  Reflect.deleteProperty(navigator, "storage");
});

test.each(["hard", "soft"])(
  "a %s logout keeps the keys in the page, and the next device takes them over",
  async (kind) => {
    const user = valueOf(await signIn());
    const live = await open();
    await receiveKeys(live, 2);
    let heal = (): void => undefined;
    if (kind === "hard") await endDevice(user.deviceId);
    else {
      const body = JSON.stringify({ errcode: "M_UNKNOWN_TOKEN", soft_logout: true });
      const token = server.seen.findLast(({ path }) => path.endsWith("/sync"))?.token ?? "";
      heal = server.fail({ matches: (request) => request.token === token, status: 401, body });
    }
    await vi.waitFor(async () => {
      await live.keyBackup.fetchBackupInfo();
      expect(live.heard).toContainEqual({ kind: "signed_out", soft: kind === "soft" });
    }, PATIENCE);
    await live.close();
    expect(await live.keyBackup.fetchBackupInfo()).toEqual({
      ok: false,
      error: { kind: "closed" },
    });
    heal();
    const exported = valueOf(
      await gateway.exportEnded({ passphrase: "of a file", signal: new AbortController().signal }),
    );
    expect(exported.count).toBe(2);
    expect(valueOf(await decryptKeyFile(await exported.file.text(), "of a file"))).toContain(
      "session_key",
    );

    const next = valueOf(await signIn("somebody else"));
    expect(next.userId).toBe(userId);
    expect(next.deviceId).not.toBe(user.deviceId);
    const again = await open();
    await vi.waitFor(
      () => expect(again.heard).toContainEqual({ kind: "carry_over", state: "none", carried: 2 }),
      PATIENCE,
    );
    expect(await count(again)).toEqual({ total: 2, backedUp: 0 });
  },
);

test("somebody else does not get the keys of an ended session, nor keeps a device", async () => {
  const user = valueOf(await signIn());
  const live = await open();
  await receiveKeys(live, 1);
  await endDevice(user.deviceId);
  await vi.waitFor(async () => {
    await live.keyBackup.fetchBackupInfo();
    expect(live.heard).toContainEqual({ kind: "signed_out", soft: false });
  }, PATIENCE);
  await live.close();

  // The name is that of the ended session, and the server answers for another one all the same.
  const strangerId = await server.register(PASSWORD);
  const identifier = { type: "m.id.user", user: strangerId };
  const answer = await fetch(`${server.url}/_matrix/client/v3/login`, {
    method: "POST",
    body: JSON.stringify({ type: "m.login.password", identifier, password: PASSWORD }),
  });
  const body = await answer.text();
  const { access_token: token } = JSON.parse(body) as { access_token: string };
  const whoAmI = () =>
    fetch(`${server.url}/_matrix/client/v3/account/whoami`, {
      headers: { authorization: `Bearer ${token}` },
    });
  expect((await whoAmI()).status).toBe(200);
  const heal = server.fail({ matches: ({ path }) => path === "/login", status: 200, body });
  const { host } = new URL(server.url);
  expect(await signIn()).toEqual(fail({ kind: "sign_in", reason: "other_account", host }));
  heal();
  expect((await whoAmI()).status).toBe(401);

  // They are still here, for whom they belong to.
  expect(valueOf(await signIn()).userId).toBe(userId);
  const again = await open();
  await vi.waitFor(async () => expect((await count(again)).total).toBe(1), PATIENCE);
});

test("an ended device's own identity waits in the page until the next device is verified", async () => {
  const user = valueOf(await signIn());
  const live = await open();
  const key = live.setUp.generateRecoveryKey();
  const text = { bytes: key.bytes.slice(), text: key.text };
  const askPassword = () => Promise.resolve(PASSWORD);
  valueOf(await live.setUp.run(key, { onStep: () => undefined, askPassword }));
  await endDevice(user.deviceId);
  await vi.waitFor(async () => {
    await live.keyBackup.fetchBackupInfo();
    expect(live.heard).toContainEqual({ kind: "signed_out", soft: false });
  }, PATIENCE);
  await live.close();

  valueOf(await signIn());
  const again = await open();
  const carried = () => again.heard.filter((event) => Object(event).kind === "carry_over");
  await vi.waitFor(
    () =>
      expect(carried().at(-1)).toEqual({
        kind: "carry_over",
        state: "incomplete",
        missing: ["identity"],
      }),
    PATIENCE,
  );
  valueOf(await again.keyBackup.unlock(text));
  await vi.waitFor(
    () => expect(carried().at(-1)).toEqual({ kind: "carry_over", state: "none", carried: 0 }),
    PATIENCE,
  );
});

test("a session that cannot be opened is ended on the server, or said not to be, before it is forgotten", async () => {
  const user = valueOf(await signIn());
  expect(await gateway.endUnopened()).toEqual({ ok: true, value: undefined });
  expect(await devices()).not.toContain(user.deviceId);
  const next = valueOf(await signIn());
  const heal = server.fail({ matches: ({ path }) => path === "/logout", status: 502, body: "" });
  expect(await gateway.endUnopened()).toMatchObject({ ok: false });
  heal();
  expect(await gateway.forget()).toEqual({ ok: true, value: undefined });
  expect(await devices()).toContain(next.deviceId);
});

test("a session that is forgotten before it was opened leaves no device on the server", async () => {
  const user = valueOf(await signIn());
  expect(await devices()).toContain(user.deviceId);
  expect(await gateway.forget()).toEqual({ ok: true, value: undefined });
  expect(await devices()).not.toContain(user.deviceId);
});

test("signing out without the server lets go of everything here and says so", async () => {
  const user = valueOf(await signIn());
  const live = await open();
  const heal = server.fail({ matches: ({ path }) => path === "/logout", status: 502, body: "" });
  expect(await live.signOut()).toMatchObject({ ok: false });
  heal();
  // What another tab may have stored is not this session's: reaching for it would fail here.
  expect(await gateway.forget()).toEqual({ ok: true, value: undefined });
  expect(await gateway.open()).toMatchObject({ ok: false });
  expect(await devices()).toContain(user.deviceId);
});
