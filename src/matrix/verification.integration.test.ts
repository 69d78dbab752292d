import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { PASSWORD, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createVerification } from "./verification";
import { followVerification } from "./verificationFlow";
import {
  acquaint,
  compareWith,
  keyHere,
  meet,
  openHelped,
  openTrusted,
  openVerifying,
  type VerifyingDevice,
  withVerification,
} from "./verificationRig";

let server: Homeserver;
const opened: { stop(): void }[] = [];
beforeAll(async () => {
  server = await startHomeserver();
});
afterEach(() => {
  for (const device of opened.splice(0)) device.stop();
});
afterAll(() => server.stop());

/** A trusted device and one that has just signed in. */
async function openPair(): Promise<{ helper: VerifyingDevice; newcomer: VerifyingDevice }> {
  const helper = await openTrusted(server);
  const newcomer = await openVerifying(server, helper.context.user.userId);
  opened.push(helper, newcomer);
  await acquaint(newcomer, helper);
  return { helper, newcomer };
}

const everyone = { deviceId: null, canScan: false };

test("lists the other devices with what each is worth, those that can help first", async () => {
  const { helper, newcomer } = await openPair();
  await server.loginOnly(helper.context.user.userId, PASSWORD, "A script");
  const devices = valueOf(await newcomer.verification.listDevices());
  expect(devices.find(({ name }) => name === "A script")?.standing).toBe("no_encryption");
  expect(devices.map(({ deviceId }) => deviceId)).not.toContain(newcomer.context.user.deviceId);
  expect(devices[0]).toMatchObject({
    deviceId: helper.context.user.deviceId,
    standing: "verified",
  });
  expect(devices[0]?.lastSeenAt).toBeGreaterThan(Date.now() - 600_000);
  const seen = valueOf(await helper.verification.listDevices());
  expect(seen.find(({ deviceId }) => deviceId === newcomer.context.user.deviceId)).toMatchObject({
    standing: "unverified",
  });
});

test("with nobody to ask it says so, and sends nothing", async () => {
  const alone = await openTrusted(server);
  opened.push(alone);
  server.startRecord();
  expect(await alone.verification.request(everyone)).toEqual({
    ok: false,
    error: { kind: "verification", reason: "no_helper" },
  });
  expect(alone.verification.state()).toMatchObject({ kind: "ended", ending: { reason: "failed" } });
  expect(server.seen.filter(({ path }) => path.startsWith("/sendToDevice"))).toEqual([]);
});

describe("by emoji", () => {
  test("both show the same seven, and the newcomer gets the key without a recovery key", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper);
    expect((await newcomer.reach("choosing")).flow).toMatchObject({
      role: "newcomer",
      other: { deviceId: helper.context.user.deviceId, standing: "verified" },
    });
    expect((await helper.reach("choosing")).flow).toMatchObject({
      role: "helper",
      other: { deviceId: newcomer.context.user.deviceId, standing: "unverified" },
    });
    valueOf(await newcomer.verification.startEmoji());
    const [shown, there] = await Promise.all([
      newcomer.reach("comparing"),
      helper.reach("comparing"),
    ]);
    expect(shown.sas).toEqual(there.sas);
    expect(shown.sas).toMatchObject({ kind: "emoji" });
    expect(shown.sas.kind === "emoji" && shown.sas.emoji).toHaveLength(7);

    valueOf(await newcomer.verification.confirm());
    expect(newcomer.verification.state().kind).toBe("confirmed");
    valueOf(await helper.verification.confirm());
    await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
    await keyHere(newcomer);
    const keyBackup = createKeyBackup(newcomer.context);
    await expect
      .poll(async () => valueOf(await keyBackup.readCrossSigning()))
      .toMatchObject({ deviceVerified: true, privateKeysHere: true });
    const info = valueOf(await keyBackup.fetchBackupInfo());
    if (info === null) throw new Error("no backup");
    expect(valueOf(await keyBackup.readTrust(info))).toEqual({
      signature: "trusted",
      key: "match",
    });
    await expect.poll(async () => valueOf(await keyBackup.readActiveVersion())).toBe(info.version);
  });

  test("the helper may ask, too, and may choose the method", async () => {
    const { helper, newcomer } = await openPair();
    const { deviceId } = newcomer.context.user;
    valueOf(await helper.verification.request({ deviceId, canScan: false }));
    await newcomer.reach("incoming");
    valueOf(await newcomer.verification.accept({ canScan: false }));
    await helper.reach("choosing");
    valueOf(await helper.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    valueOf(await helper.verification.confirm());
    valueOf(await newcomer.verification.confirm());
    const [mine] = await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
    expect(mine.flow).toMatchObject({ role: "newcomer", startedHere: false });
    await keyHere(newcomer);
  });
});

describe("by QR code", () => {
  test("the helper shows, the newcomer scans", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { newcomer: true });
    expect((await newcomer.reach("choosing")).methods).toEqual({
      emoji: true,
      showCode: false,
      scanCode: true,
    });
    const code = valueOf(await helper.verification.readCode());
    if (code === null) throw new Error("no code");
    valueOf(await newcomer.verification.scan(code));
    expect(newcomer.verification.state().kind).toBe("confirmed");
    await helper.reach("scanned_there");
    valueOf(await helper.verification.confirm());
    await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
    await keyHere(newcomer);
  });

  test("the newcomer shows, the helper scans", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { helper: true });
    expect((await helper.reach("choosing")).methods).toEqual({
      emoji: true,
      showCode: false,
      scanCode: true,
    });
    const code = valueOf(await newcomer.verification.readCode());
    if (code === null) throw new Error("no code");
    valueOf(await helper.verification.scan(code));
    await newcomer.reach("scanned_there");
    valueOf(await newcomer.verification.confirm());
    await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
    await keyHere(newcomer);
  });

  test("a code that is shown does not stand in the way of emoji, and asking twice gives the same", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { newcomer: true, helper: true });
    const codes = await Promise.all([
      newcomer.verification.readCode(),
      newcomer.verification.readCode(),
      helper.verification.readCode(),
    ]);
    expect(codes[0]).toEqual(codes[1]);
    expect(codes[0]).not.toEqual(codes[2]);
    valueOf(await helper.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    valueOf(await helper.verification.confirm());
    valueOf(await newcomer.verification.confirm());
    await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
  });

  test("a wrong code is refused, and the right one is taken after it", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { newcomer: true });
    const code = valueOf(await helper.verification.readCode());
    if (code === null) throw new Error("no code");
    const wrong = { ok: false, error: { kind: "verification", reason: "wrong_code" } };
    expect(await newcomer.verification.scan(new Uint8Array([1, 2, 3]))).toEqual(wrong);
    const otherFlow = code.slice();
    // Inside the id of the verification.
    otherFlow[12] = (otherFlow[12] ?? 0) ^ 1;
    expect(await newcomer.verification.scan(otherFlow)).toEqual(wrong);
    expect(newcomer.verification.state().kind).toBe("choosing");
    valueOf(await newcomer.verification.scan(code));
    await helper.reach("scanned_there");
  });

  test("a code with another key in it is a mismatch, on both sides the end", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { newcomer: true });
    const code = valueOf(await helper.verification.readCode());
    if (code === null) throw new Error("no code");
    // The two keys follow the id, whose length stands before it: each in the other's place.
    const keyAt = 10 + ((code[8] ?? 0) << 8) + (code[9] ?? 0);
    const first = code.slice(keyAt, keyAt + 32);
    code.copyWithin(keyAt, keyAt + 32, keyAt + 64);
    code.set(first, keyAt + 32);
    expect((await newcomer.verification.scan(code)).ok).toBe(false);
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "mismatch" });
    await helper.reach("ended");
    expect(await newcomer.context.crypto().getSessionBackupPrivateKey()).toBeNull();
  });

  test("a scan that nobody knows of is a mismatch, and no trust comes of it", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper, { newcomer: true });
    const code = valueOf(await helper.verification.readCode());
    if (code === null) throw new Error("no code");
    valueOf(await newcomer.verification.scan(code));
    await helper.reach("scanned_there");
    await helper.verification.reject();
    expect((await helper.reach("ended")).ending).toEqual({ reason: "mismatch" });
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "cancelled_there" });
    await expectUnhelped(newcomer);
  });
});

async function expectUnhelped(newcomer: VerifyingDevice): Promise<void> {
  const keyBackup = createKeyBackup(newcomer.context);
  expect(valueOf(await keyBackup.readCrossSigning())).toMatchObject({
    deviceVerified: false,
    privateKeysHere: false,
  });
  expect(await newcomer.context.crypto().getSessionBackupPrivateKey()).toBeNull();
}

describe("every end is told on both sides, and the next try works", () => {
  test.each(["newcomer", "helper"] as const)("mismatch, seen by the %s", async (who) => {
    const pair = await openPair();
    const { helper, newcomer } = pair;
    await meet(newcomer, helper);
    valueOf(await newcomer.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    await pair[who].verification.reject();
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "mismatch" });
    expect((await helper.reach("ended")).ending).toEqual({ reason: "mismatch" });
    await expectUnhelped(newcomer);
    await compareWith(newcomer, helper);
    await keyHere(newcomer);
  });

  test("cancelled by the newcomer before anybody answered", async () => {
    const { helper, newcomer } = await openPair();
    valueOf(await newcomer.verification.request(everyone));
    await helper.reach("incoming");
    await newcomer.verification.cancel();
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "cancelled_here" });
    expect((await helper.reach("ended")).ending).toEqual({ reason: "cancelled_there" });
    await compareWith(newcomer, helper);
  });

  test("declined by the helper", async () => {
    const { helper, newcomer } = await openPair();
    valueOf(await newcomer.verification.request(everyone));
    await helper.reach("incoming");
    await helper.verification.cancel();
    expect((await helper.reach("ended")).ending).toEqual({ reason: "cancelled_here" });
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "cancelled_there" });
    await compareWith(newcomer, helper);
  });

  test.each(["choosing", "comparing"] as const)("cancelled while %s", async (kind) => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper);
    if (kind === "comparing") valueOf(await newcomer.verification.startEmoji());
    await Promise.all([newcomer.reach(kind), helper.reach(kind)]);
    await helper.verification.cancel();
    expect((await helper.reach("ended")).ending).toEqual({ reason: "cancelled_here" });
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "cancelled_there" });
    await compareWith(newcomer, helper);
  });

  test("asked again without waiting for an end", async () => {
    const { helper, newcomer } = await openPair();
    valueOf(await newcomer.verification.request(everyone));
    await helper.reach("incoming");
    const firstEnded = helper.reach("ended");
    valueOf(await newcomer.verification.request(everyone));
    // Until it has heard of that, the helper would accept the one that is over.
    await firstEnded;
    await helper.reach("incoming");
    valueOf(await helper.verification.accept({ canScan: false }));
    await Promise.all([newcomer.reach("choosing"), helper.reach("choosing")]);
  });

  test("taken by another device", async () => {
    const { helper, newcomer } = await openPair();
    const second = await openHelped(server, helper);
    opened.push(second);
    second.verification.dismiss();
    await acquaint(newcomer, second);
    valueOf(await newcomer.verification.request(everyone));
    await Promise.all([helper.reach("incoming"), second.reach("incoming")]);
    valueOf(await second.verification.accept({ canScan: false }));
    expect((await helper.reach("ended")).ending).toEqual({ reason: "accepted_elsewhere" });
    expect((await newcomer.reach("choosing")).flow.other?.deviceId).toBe(
      second.context.user.deviceId,
    );
  });

  test("both asked at the same time", async () => {
    const { helper, newcomer } = await openPair();
    const { deviceId } = newcomer.context.user;
    await Promise.all([
      newcomer.verification.request(everyone),
      helper.verification.request({ deviceId, canScan: false }),
    ]);
    const ends = await Promise.all([newcomer.reach("ended"), helper.reach("ended")]);
    for (const { ending } of ends) {
      expect(["crossed", "cancelled_there"]).toContain(ending.reason);
    }
    expect(ends.map(({ ending }) => ending.reason)).toContain("crossed");
    await compareWith(newcomer, helper);
  });

  test("no method in common", async () => {
    const { helper, newcomer } = await openPair();
    valueOf(await newcomer.verification.request(everyone));
    await helper.reach("incoming");
    // An app that can only show codes, as the SDK lets one be.
    const offered: unknown = Reflect.get(
      helper.context.crypto(),
      "setSupportedVerificationMethods",
    );
    if (typeof offered !== "function") throw new Error("the SDK has changed");
    offered.call(helper.context.crypto(), ["m.qr_code.show.v1", "m.reciprocate.v1"]);
    const [request] = helper.context
      .crypto()
      .getVerificationRequestsToDeviceInProgress(newcomer.context.user.userId);
    await request?.accept();
    expect((await newcomer.reach("ended")).ending).toEqual({ reason: "unsupported" });
    await helper.reach("ended");
    await compareWith(newcomer, helper);
  });

  test.each([
    ["the request", /^\/sendToDevice\/m\.key\.verification\.request\//],
    ["the device list", /^\/devices$/],
  ])("the server fails at %s", async (_what, path) => {
    const { helper, newcomer } = await openPair();
    const mend = server.fail({
      matches: (request) => path.test(request.path),
      // The SDK itself tries again for half a minute when it is a 500.
      status: 403,
      body: JSON.stringify({ errcode: "M_FORBIDDEN" }),
    });
    expect((await newcomer.verification.request(everyone)).ok).toBe(false);
    expect((await newcomer.reach("ended")).ending).toMatchObject({
      reason: "failed",
      error: { kind: "server", status: 403 },
    });
    mend();
    await compareWith(newcomer, helper);
  });

  test("forgotten by a reload", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper);
    expect(newcomer.memory.read()).not.toBeNull();
    const reloaded = createVerification(newcomer.context, newcomer.memory);
    opened.push({ stop: reloaded.listen() });
    expect((await helper.reach("ended")).ending).toEqual({ reason: "cancelled_there" });
    await expect.poll(() => newcomer.memory.read()).toBeNull();
    await compareWith(withVerification(newcomer, reloaded), helper);
  });
});

describe("a request that comes with the first news of its device", () => {
  /** A helper that hears nothing until `release`, and a device that signed in meanwhile. */
  async function openDeaf() {
    const helper = await openTrusted(server);
    const token = helper.client.getAccessToken();
    server.startRecord();
    const release = server.hold((request) => request.path === "/sync" && request.token === token);
    // Whatever sync is under way has to end, so that the next one is held.
    await helper.client.setAccountData("org.example.nudge" as never, {});
    await expect
      .poll(() => server.seen.some(({ path, token: of }) => path === "/sync" && of === token))
      .toBe(true);
    const newcomer = await openVerifying(server, helper.context.user.userId);
    opened.push(helper, newcomer);
    valueOf(await newcomer.verification.request(everyone));
    return { helper, newcomer, release };
  }

  test("is heard, and leads to the end", async () => {
    const { helper, newcomer, release } = await openDeaf();
    release();
    expect((await helper.reach("incoming")).flow).toMatchObject({ role: "helper" });
    valueOf(await helper.verification.accept({ canScan: false }));
    await Promise.all([newcomer.reach("choosing"), helper.reach("choosing")]);
    valueOf(await newcomer.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    valueOf(await newcomer.verification.confirm());
    valueOf(await helper.verification.confirm());
    await Promise.all([newcomer.reach("verified"), helper.reach("verified")]);
    await keyHere(newcomer);
  });

  test("and was withdrawn meanwhile is not shown", async () => {
    const { helper, newcomer, release } = await openDeaf();
    await newcomer.verification.cancel();
    release();
    await acquaint(newcomer, helper);
    expect(helper.verification.state()).toEqual({ kind: "none" });
    await compareWith(newcomer, helper);
  });
});

describe("requests of others", () => {
  test("another person's request is left alone", async () => {
    const helper = await openTrusted(server);
    const stranger = await openTrusted(server);
    opened.push(helper, stranger);
    const { userId, deviceId } = helper.context.user;
    await shareRoom(stranger, helper);
    const heard = new Promise<void>((resolve) => {
      helper.client.on("crypto.verificationRequestReceived" as never, (() => resolve()) as never);
    });
    await stranger.context.crypto().requestDeviceVerification(userId, deviceId);
    await heard;
    expect(helper.verification.state()).toEqual({ kind: "none" });
  });
});

/** Each of the two learns of the other's devices, as in any encrypted room. */
async function shareRoom(one: VerifyingDevice, other: VerifyingDevice): Promise<void> {
  const encryption = { algorithm: "m.megolm.v1.aes-sha2" };
  const { room_id: roomId } = await one.client.createRoom({
    invite: [other.context.user.userId],
    initial_state: [{ type: "m.room.encryption", state_key: "", content: encryption }],
  });
  await other.client.joinRoom(roomId);
  for (const [mine, theirs] of [
    [one, other],
    [other, one],
  ] as const) {
    const { userId, deviceId } = theirs.context.user;
    await expect
      .poll(() => mine.client.getRoom(roomId)?.getMember(userId)?.membership)
      .toBe("join");
    await mine.client.sendTextMessage(roomId, "hello");
    const known = await mine.context.crypto().getUserDeviceInfo([userId]);
    expect(known.get(userId)?.has(deviceId)).toBe(true);
  }
}

describe("after its end", () => {
  const notUnderWay = { ok: false, error: { kind: "verification", reason: "not_under_way" } };
  const sent = () => server.seen.filter(({ path }) => path.startsWith("/sendToDevice"));

  test("nothing that is pressed has an effect", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper);
    valueOf(await newcomer.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    await newcomer.verification.cancel();
    const [end] = await Promise.all([newcomer.reach("ended"), helper.reach("ended")]);
    server.startRecord();
    const { verification } = newcomer;
    expect(await verification.confirm()).toEqual(notUnderWay);
    expect(await verification.startEmoji()).toEqual(notUnderWay);
    expect(await verification.scan(new Uint8Array(9))).toEqual(notUnderWay);
    expect(await verification.accept({ canScan: false })).toEqual(notUnderWay);
    expect(valueOf(await verification.readCode())).toBeNull();
    await verification.reject();
    await verification.cancel();
    expect(verification.state()).toEqual(end);
    expect(sent()).toEqual([]);
  });

  test("that was decided here while the other side goes on, nothing acts and nothing changes", async () => {
    const { helper, newcomer } = await openPair();
    await meet(newcomer, helper);
    const { userId } = newcomer.context.user;
    const crypto = newcomer.context.crypto();
    const [request] = crypto.getVerificationRequestsToDeviceInProgress(userId);
    if (request === undefined) throw new Error("no request");
    vi.spyOn(request, "timeout", "get").mockReturnValue(1);
    // The other side is not reached, so it knows of no end.
    const cancel = vi.spyOn(request, "cancel").mockRejectedValue(new Error("offline"));
    const onChange = vi.fn<() => void>();
    const followed = followVerification({
      request,
      flow: { id: "", startedHere: true, role: "newcomer", other: null },
      canScan: true,
      onChange,
    });
    await vi.waitUntil(() => followed.state().kind === "ended");
    await vi.waitUntil(() => cancel.mock.settledResults.length > 0);
    const end = followed.state();
    expect(end).toMatchObject({ ending: { reason: "timed_out" } });
    const acts = [
      cancel,
      vi.spyOn(request, "accept"),
      vi.spyOn(request, "startVerification"),
      vi.spyOn(request, "generateQRCode"),
      vi.spyOn(request, "scanQRCode"),
    ];
    for (const act of [...acts, onChange]) act.mockClear();
    expect(await followed.startEmoji()).toEqual(notUnderWay);
    expect(await followed.scan(new Uint8Array(9))).toEqual(notUnderWay);
    expect(await followed.confirm()).toEqual(notUnderWay);
    expect(await followed.accept(request, true)).toEqual(notUnderWay);
    expect(valueOf(await followed.readCode())).toBeNull();
    await followed.reject();
    await followed.cancel();
    followed.setOther({ deviceId: "D", name: null, lastSeenAt: null, standing: "verified" });

    // Late news: the other side begins to compare.
    valueOf(await helper.verification.startEmoji());
    await Promise.all([newcomer.reach("comparing"), helper.reach("comparing")]);
    expect(request.verifier).toBeDefined();
    expect(await followed.confirm()).toEqual(notUnderWay);
    await followed.reject();
    expect(followed.state()).toEqual(end);
    for (const act of [...acts, onChange]) expect(act).not.toHaveBeenCalled();
    followed.stop();
  });
});

test("an unverified device is helped by nobody who is not verified either", async () => {
  const { helper, newcomer } = await openPair();
  const other = await openVerifying(server, helper.context.user.userId);
  opened.push(other);
  await acquaint(other, newcomer);
  const { deviceId } = newcomer.context.user;
  valueOf(await other.verification.request({ deviceId, canScan: false }));
  await newcomer.reach("incoming");
  valueOf(await newcomer.verification.accept({ canScan: false }));
  await other.reach("choosing");
  valueOf(await other.verification.startEmoji());
  await Promise.all([newcomer.reach("comparing"), other.reach("comparing")]);
  valueOf(await other.verification.confirm());
  valueOf(await newcomer.verification.confirm());
  await Promise.all([newcomer.reach("verified"), other.reach("verified")]);
  await Promise.all([expectUnhelped(newcomer), expectUnhelped(other)]);
});
