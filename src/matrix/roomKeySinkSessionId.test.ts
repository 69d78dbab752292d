import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { trueSessionId } from "./roomKeySinkSessionId";

function idOf(sessionData: Readonly<Record<string, unknown>>): string | null {
  return trueSessionId({ roomId: "!r:s", sessionId: "label", sessionData });
}

test("the id is the end of the exported session", () => {
  const publicKey = randomBytes(32);
  const exported = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), randomBytes(128), publicKey]);
  const unpadded = publicKey.toString("base64").replace(/=+$/, "");
  expect(idOf({ session_key: exported.toString("base64") })).toBe(unpadded);
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["a number", 5],
  ["an empty text", ""],
  ["a short text", "AAAA"],
  ["no base64", "*".repeat(220)],
  ["a very long text", "A".repeat(40_000)],
  ["an export with padding", `AQ${"A".repeat(218)}=`],
  ["an export with a line end", `AQ${"A".repeat(218)}\n`],
  ["an export in URL-safe letters", `AQ${"A".repeat(217)}_`],
  ["an export of version 2", `Ag${"A".repeat(218)}`],
  ["an export of 164 bytes", sized(164)],
  ["an export of 166 bytes", sized(166)],
  ["an export of 168 bytes", sized(168)],
  ["an export of 400 bytes", sized(400)],
])("%s as session key has no id, whatever it is called", (_name, sessionKey) => {
  expect(idOf({ session_key: sessionKey })).toBeNull();
});

/** Begins as an export does, and has another length. */
function sized(length: number): string {
  return Buffer.concat([Buffer.from([1]), randomBytes(length - 1)]).toString("base64");
}
