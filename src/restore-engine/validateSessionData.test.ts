import {
  DeviceId,
  initAsync,
  OlmMachine,
  RoomId,
  UserId,
} from "@matrix-org/matrix-sdk-crypto-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgeSessionData, type ForgedSessionData } from "@/testing/forgeBackup";
import { validateSessionData } from "./validateSessionData";

type Change = (data: ForgedSessionData) => unknown;

const set =
  (fields: Record<string, unknown>): Change =>
  (data) => ({ ...data, ...fields });

const without =
  (field: string): Change =>
  (data) =>
    Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));

/** The session with bytes added to its key, or taken from its end. */
function withKeyBytes(data: ForgedSessionData, change: number): ForgedSessionData {
  const binary = atob(String(data["session_key"]));
  const changed = change < 0 ? binary.slice(0, change) : binary + "\u0007".repeat(change);
  return { ...data, session_key: btoa(changed).replace(/=+$/u, "") };
}

const ZERO_KEY = "A".repeat(43);

const accepted: [string, Change][] = [
  ["a session as the spec says", set({})],
  ["a padded sender key", (data) => ({ ...data, sender_key: `${String(data["sender_key"])}=` })],
  ["a forwarding chain", set({ forwarding_curve25519_key_chain: [ZERO_KEY] })],
  ["no forwarding chain", without("forwarding_curve25519_key_chain")],
  ["no claimed keys", set({ sender_claimed_keys: {} })],
  ["a claimed key of another algorithm", set({ sender_claimed_keys: { future: "text" } })],
  ["a claimed key named __proto__", set({ sender_claimed_keys: JSON.parse('{"__proto__":"x"}') })],
  ["shared history", set({ "org.matrix.msc3061.shared_history": true })],
  ["unknown fields", set({ future: { nested: [] } })],
];

const refused: [string, Change, "malformed" | "wrong_algorithm"][] = [
  ["null", () => null, "malformed"],
  ["a list", () => [], "malformed"],
  ["a text", () => "session", "malformed"],
  ["nothing", () => ({}), "malformed"],
  ["another algorithm", set({ algorithm: "m.megolm.v2.aes-sha2" }), "wrong_algorithm"],
  ["no algorithm", without("algorithm"), "malformed"],
  ["no sender key", without("sender_key"), "malformed"],
  ["a sender key that is none", set({ sender_key: "zz" }), "malformed"],
  ["an empty sender key", set({ sender_key: "" }), "malformed"],
  ["a sender key with stray bits", set({ sender_key: `${"A".repeat(42)}B` }), "malformed"],
  ["a sender key in URL-safe base64", set({ sender_key: `${"-".repeat(42)}A` }), "malformed"],
  ["no session key", without("session_key"), "malformed"],
  ["a session key that is a number", set({ session_key: 1 }), "malformed"],
  ["a session key cut short", set({ session_key: `AQ${"A".repeat(98)}` }), "malformed"],
  ["a session key of another version", set({ session_key: `Ag${"A".repeat(218)}` }), "malformed"],
  ["a session key that is no base64", set({ session_key: "?" }), "malformed"],
  ["a session key cut by one byte", (data) => withKeyBytes(data, -1), "malformed"],
  ["no claimed keys at all", without("sender_claimed_keys"), "malformed"],
  ["claimed keys null", set({ sender_claimed_keys: null }), "malformed"],
  ["claimed keys as a list", set({ sender_claimed_keys: ["x"] }), "malformed"],
  ["a claimed key that is a number", set({ sender_claimed_keys: { x: 1 } }), "malformed"],
  [
    "a claimed ed25519 key that is none",
    set({ sender_claimed_keys: { ed25519: "zz" } }),
    "malformed",
  ],
  ["a chain that is a text", set({ forwarding_curve25519_key_chain: "x" }), "malformed"],
  ["a chain of no keys", set({ forwarding_curve25519_key_chain: ["zz"] }), "malformed"],
  ["a chain of numbers", set({ forwarding_curve25519_key_chain: [1] }), "malformed"],
  [
    "fields of a prototype",
    () => Object.create({ algorithm: "m.megolm.v1.aes-sha2" }),
    "malformed",
  ],
];

/** The SDK's machine, the judge of what can be imported. */
let machine: OlmMachine;

beforeAll(async () => {
  await initAsync();
  machine = await OlmMachine.initialize(new UserId("@alice:x"), new DeviceId("DEVICE"));
});

afterAll(() => {
  machine.close();
});

/** Whether the SDK stores the session. It drops bad ones in silence. */
async function sdkImports(sessionId: string, sessionData: unknown): Promise<boolean> {
  const sessions = new Map<string, unknown>([[sessionId, sessionData]]);
  const result = await machine.importBackedUpRoomKeys(
    new Map([[new RoomId("!room:x"), sessions]]),
    () => undefined,
    "1",
  );
  return result.importedCount === 1;
}

describe("decrypted sessions", () => {
  it.each(accepted)("accepts %s, and so does the SDK, in our copy of it", async (_what, change) => {
    const { sessionId, sessionData } = await forgeSessionData();
    const result = validateSessionData(change(sessionData));
    expect(result.ok).toBe(true);
    if (result.ok) {
      expect(await sdkImports(sessionId, structuredClone(result.sessionData))).toBe(true);
    }
  });

  it.each(refused)("refuses %s, and so does the SDK", async (_what, change, reason) => {
    const { sessionId, sessionData } = await forgeSessionData();
    const changed = change(sessionData);
    expect(validateSessionData(changed)).toEqual({ ok: false, reason });
    await expect(sdkImports(sessionId, changed).catch(() => false)).resolves.toBe(false);
  });

  // What follows the 165 bytes has no meaning, but shifts the public key from the end, so that the
  // session's id could not be told from its key.
  it.each([1, 2, 3, 4, 300])(
    "refuses a session key with %i bytes too many, which the SDK would store",
    async (extra) => {
      const { sessionId, sessionData } = await forgeSessionData();
      const changed = withKeyBytes(sessionData, extra);
      expect(await sdkImports(sessionId, changed)).toBe(true);
      expect(validateSessionData(changed)).toEqual({ ok: false, reason: "malformed" });
    },
  );

  it.each<[string, (key: string) => string]>([
    ["with white space", (key) => `${key.slice(0, 76)}\n${key.slice(76)}`],
    ["with a space at the end", (key) => `${key} `],
    ["with padding that 165 bytes never need", (key) => `${key}=`],
    ["in URL-safe letters", (key) => `${key.slice(0, 219)}_`],
    ["with a stray letter", (key) => `${key}A`],
  ])("refuses a session key %s", async (_what, change) => {
    const { sessionData } = await forgeSessionData();
    const changed = { ...sessionData, session_key: change(String(sessionData["session_key"])) };
    expect(validateSessionData(changed)).toEqual({ ok: false, reason: "malformed" });
  });

  it("saves a session with a nonsensical shared history flag, which the SDK would drop", async () => {
    const { sessionId, sessionData } = await forgeSessionData();
    const changed = { ...sessionData, "org.matrix.msc3061.shared_history": "yes" };
    expect(await sdkImports(sessionId, changed)).toBe(false);
    const result = validateSessionData(changed);
    expect(result.ok && (await sdkImports(sessionId, result.sessionData))).toBe(true);
  });

  it("hands on no field it does not know and no prototype", async () => {
    const { sessionData } = await forgeSessionData();
    const hostile: unknown = JSON.parse(
      JSON.stringify({ ...sessionData, extra: 1 }).replace('"extra"', '"__proto__"'),
    );
    const result = validateSessionData(hostile);
    expect(result.ok && Object.keys(result.sessionData).toSorted()).toEqual(
      Object.keys(sessionData).toSorted(),
    );
  });
});
