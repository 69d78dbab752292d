import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { trueSessionId } from "./roomKeySinkSessionId";

function idOf(sessionData: Readonly<Record<string, unknown>>): string {
  return trueSessionId({ roomId: "!r:s", sessionId: "label", sessionData });
}

test("the id is the end of the exported session", () => {
  const publicKey = randomBytes(32);
  const exported = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), randomBytes(128), publicKey]);
  const unpadded = publicKey.toString("base64").replace(/=+$/, "");
  expect(idOf({ session_key: exported.toString("base64") })).toBe(unpadded);
});

test.each([
  [undefined],
  [null],
  [5],
  [""],
  ["AAAA"],
  [randomBytes(164).toString("base64")],
  [randomBytes(166).toString("base64")],
  ["*".repeat(220)],
  ["A".repeat(40_000)],
])("with the session key %j the label is all there is", (sessionKey) => {
  expect(idOf({ session_key: sessionKey })).toBe("label");
});
