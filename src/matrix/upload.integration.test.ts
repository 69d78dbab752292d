import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import type { UploadAttempt } from "@/domain/uploadQueue";
import { makeRoomKey, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import {
  startHomeserver,
  type Fault,
  type Homeserver,
  type SeenRequest,
} from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { olmMachineOf } from "./olmMachine";
import { createRepair } from "./repair";
import { createSetUp } from "./setUp";
import { createUpload } from "./upload";
import { observeUploads } from "./uploadObserver";

// Up to ten seconds of random waiting before each upload is for thousands of clients, not for one.
Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
const FOREIGN_KEY = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";

let device: TestDevice;
let version: string;
let attempts: UploadAttempt[];

beforeEach(async () => {
  attempts = [];
  const userId = await server.register(PASSWORD);
  device = await openDevice(server, userId, {
    fetchFn: observeUploads(fetch, (attempt) => attempts.push(attempt)),
  });
  const setUp = createSetUp(device.context);
  ({ version } = valueOf(await setUp.run(setUp.generateRecoveryKey(), neverAsk)));
  return () => device.stop();
});

const isUpload = ({ method, path }: SeenRequest): boolean =>
  method === "PUT" && path === "/room_keys/keys";

const countOnServer = async (of = version): Promise<number> => {
  const path = `/room_keys/version/${of}`;
  return (valueOf(await device.context.request("GET", path)) as { count: number }).count;
};

const fault = (status: number, body: object, headers?: Fault["headers"]): Fault => ({
  matches: isUpload,
  status,
  body: JSON.stringify(body),
  ...(headers === undefined ? {} : { headers }),
});

describe("the next try is when the SDK really tries", () => {
  test.each([
    ["a server with a fault", fault(500, { errcode: "M_UNKNOWN" }), [2, 4]],
    ["a policy", fault(403, { errcode: "M_FORBIDDEN" }), [1, 2, 4]],
    [
      "a body too large",
      { ...fault(413, {}, { "content-type": "text/html" }), body: "<h1>Too large</h1>" },
      [1, 2],
    ],
    ["no such endpoint", fault(404, { errcode: "M_UNRECOGNIZED" }), [1, 2]],
    [
      "a server that asks to wait",
      fault(429, { errcode: "M_LIMIT_EXCEEDED" }, { "retry-after": "1" }),
      [1, 1, 1, 1, 1, 1],
    ],
    [
      "a server that asks to wait in the body",
      fault(429, { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 700 }),
      [0.7, 0.7, 0.7],
    ],
  ] as [string, Fault, number[]][])("%s", async (_, failing, waits) => {
    const mend = server.fail(failing);
    onTestFinished(mend);
    await makeRoomKey(device);
    const sent = (): UploadAttempt[] => attempts.filter(({ kind }) => kind === "sending");
    await vi.waitFor(() => expect(sent().length).toBeGreaterThan(waits.length), {
      timeout: 20_000,
      interval: 20,
    });
    const failures = attempts.filter((attempt) => attempt.kind === "failed");
    for (const [index, seconds] of waits.entries()) {
      const { at, nextTryAt, problem } = failures[index] ?? { at: 0, nextTryAt: 0 };
      expect(problem?.status).toBe(failing.status);
      expect((nextTryAt ?? 0) - at).toBe(seconds * 1000);
      const next = sent()[index + 1]?.at ?? 0;
      expect(Math.abs(next - (nextTryAt ?? 0))).toBeLessThan(500);
    }
    mend();
    await vi.waitFor(async () => expect(await countOnServer()).toBe(1), { timeout: 20_000 });
    await vi.waitFor(() => expect(attempts.at(-1)?.kind).toBe("taken"));
  });
});

test("an upload that ended without a word is started again, and only then goes on", async () => {
  const machine = await olmMachineOf(device.context);
  const broken = vi.fn(() => Promise.reject(new Error("the store is busy")));
  Object.assign(machine, { backupRoomKeys: broken });
  await makeRoomKey(device);
  await vi.waitFor(() => expect(broken).toHaveBeenCalled(), { timeout: 20_000 });
  Reflect.deleteProperty(machine, "backupRoomKeys");
  // Nothing calls the loop again but a new key: the SDK's own check does not.
  await device.context.crypto().checkKeyBackupAndEnable();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(attempts).toEqual([]);
  expect(await countOnServer()).toBe(0);
  valueOf(await createUpload(device.context).restart());
  await vi.waitFor(async () => expect(await countOnServer()).toBe(1), { timeout: 20_000 });
});

test("keys that the server lost are named; the crypto module uploads nothing twice to one version", async () => {
  await makeRoomKey(device);
  const keyBackup = createKeyBackup(device.context);
  const allMarked = { value: { total: 1, backedUp: 1 } };
  await vi.waitFor(async () => expect(await keyBackup.countRoomKeys()).toMatchObject(allMarked), {
    timeout: 20_000,
  });
  const lose = await device.context.request("DELETE", "/room_keys/keys", { query: { version } });
  valueOf(lose);
  const found = [{ kind: "keys_missing_on_server", remedy: "export_and_replace" }];
  expect(valueOf(await createRepair(device.context).diagnose(null))).toEqual(found);
  // Were this ever to upload them again, the repair could do it.
  await (await olmMachineOf(device.context)).disableBackup();
  valueOf(await keyBackup.recheck());
  expect(valueOf(await keyBackup.readActiveVersion())).toBe(version);
  expect(await keyBackup.countRoomKeys()).toMatchObject(allMarked);
  expect(valueOf(await createRepair(device.context).diagnose(null))).toEqual(found);
});

test("a restart is refused where the server could not be asked, and switches nothing off", async () => {
  const mend = server.fail({
    matches: ({ method, path }) => method === "GET" && path === "/room_keys/version",
    status: 502,
    body: "<h1>Bad gateway</h1>",
  });
  expect(await createUpload(device.context).restart()).toMatchObject({ ok: false });
  mend();
  expect(valueOf(await createKeyBackup(device.context).readActiveVersion())).toBe(version);
});

describe("a backup that is not ours never gets a key", () => {
  const uploadsTo = (): readonly string[] => server.seen.filter(isUpload).map(({ body }) => body);

  test("another version with another key and no signature", async () => {
    const made = await device.context.request("POST", "/room_keys/version", {
      body: {
        algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
        auth_data: { public_key: FOREIGN_KEY, signatures: {} },
      },
    });
    const foreign = (valueOf(made) as { version: string }).version;
    await makeRoomKey(device);
    // The SDK learns of it by its own upload to the version it knows, which the server refuses.
    await vi.waitFor(
      async () => {
        valueOf(await createKeyBackup(device.context).recheck());
        expect(valueOf(await createKeyBackup(device.context).readActiveVersion())).toBeNull();
      },
      { timeout: 20_000 },
    );
    server.startRecord();
    await makeRoomKey(device);
    valueOf(await createUpload(device.context).restart());
    valueOf(await createKeyBackup(device.context).recheck());
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(uploadsTo()).toEqual([]);
    expect(await countOnServer(foreign)).toBe(0);
    expect(await createKeyBackup(device.context).countRoomKeys()).toMatchObject({
      value: { total: 2, backedUp: 0 },
    });
  });

  test("the same version with its key swapped in place", async () => {
    const keyBackup = createKeyBackup(device.context);
    const before = valueOf(await keyBackup.fetchBackupInfo());
    const auth_data = { ...before?.authData, public_key: FOREIGN_KEY };
    const body = { version, algorithm: before?.algorithm, auth_data };
    const path = `/room_keys/version/${version}`;
    valueOf(await device.context.request("PUT", path, { body }));
    valueOf(await keyBackup.recheck());
    server.startRecord();
    await makeRoomKey(device);
    valueOf(await createUpload(device.context).restart());
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(uploadsTo()).toEqual([]);
    expect(await countOnServer()).toBe(0);
    // Once our key is back, the upload goes on by itself with the next look.
    const ours = { ...body, auth_data: before?.authData };
    valueOf(await device.context.request("PUT", path, { body: ours }));
    valueOf(await keyBackup.recheck());
    await vi.waitFor(async () => expect(await countOnServer()).toBe(1), { timeout: 20_000 });
  });

  test("a server that denies the backup once makes nothing anew", async () => {
    await makeRoomKey(device);
    await vi.waitFor(async () => expect(await countOnServer()).toBe(1), { timeout: 20_000 });
    server.startRecord();
    const mend = server.fail({
      matches: ({ method, path }) => method === "GET" && path === "/room_keys/version",
      status: 404,
      body: JSON.stringify({ errcode: "M_NOT_FOUND", error: "No backup" }),
    });
    const keyBackup = createKeyBackup(device.context);
    onTestFinished(mend);
    expect(valueOf(await keyBackup.fetchBackupInfo())).toBeNull();
    valueOf(await keyBackup.recheck());
    valueOf(await createUpload(device.context).restart());
    await makeRoomKey(device);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const changes = server.seen.filter(
      ({ method, path }) => method !== "GET" && path.startsWith("/room_keys"),
    );
    expect(changes).toEqual([]);
    mend();
    valueOf(await keyBackup.recheck());
    await vi.waitFor(async () => expect(await countOnServer()).toBe(2), { timeout: 20_000 });
  });
});
