import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact } from "./redact";

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const characters = (alphabet: string, length: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split("")), minLength: length, maxLength: length });

/** As they are written by servers and by the SDK. */
const secrets = {
  "Synapse's access token": fc
    .tuple(characters(BASE58, 20), characters(BASE58, 6))
    .map(([middle, end]) => `syt_cGVyc29u_${middle}_${end}`),
  "an authorization server's token": characters(BASE58, 30).map((end) => `mat_${end}_Zk3p1`),
  "a key in base64": bytes(32).map((key) => Buffer.from(key).toString("base64")),
  "a key in base64 without padding": bytes(32).map((key) =>
    Buffer.from(key).toString("base64").replace("=", ""),
  ),
  "a key in base64url": bytes(32).map((key) => Buffer.from(key).toString("base64url")),
  "a key in hexadecimal": bytes(32).map((key) => Buffer.from(key).toString("hex")),
  "a recovery key": characters(BASE58, 46).map((key) => `EsT9${key.slice(2)}`),
} as const;

const contexts: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `Could not decrypt with ${secret}, giving up`,
  (secret) => `{"private_key":"${secret}","iv":1}`,
  (secret) => `key=${secret}&more=1`,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `GET https://matrix.example.org/_matrix/client/v3/sync?access_token=${secret}`,
  (secret) => `https://matrix.example.org/${encodeURIComponent(secret)}/x#${secret}`,
  (secret) => `[${secret}]\n(${secret})`,
];

/** No eight characters of the secret that stand beside each other are left. */
function expectNoPartOf(secret: string, text: string): void {
  for (let at = 0; at + 8 <= secret.length; at++)
    expect(text).not.toContain(secret.slice(at, at + 8));
}

describe.each(Object.entries(secrets))("%s", (_name, secret) => {
  it("is hidden wherever it stands", () => {
    fc.assert(
      fc.property(secret, fc.constantFrom(...contexts), (value, inContext) => {
        expectNoPartOf(value, redact(inContext(value)));
      }),
      { numRuns: 1000 },
    );
  });
});

it("a recovery key in groups is hidden", () => {
  fc.assert(
    fc.property(
      characters(BASE58, 48),
      fc.constantFrom(" ", "  ", "\n", "-"),
      fc.constantFrom(...contexts.slice(0, 3)),
      (key, gap, inContext) => {
        const groups = key.match(/.{4}/gu) ?? [];
        const text = redact(inContext(groups.join(gap)));
        for (let at = 0; at + 2 <= groups.length; at++)
          expect(text).not.toContain(groups.slice(at, at + 2).join(gap));
      },
    ),
    { numRuns: 1000 },
  );
});

it.each([
  // A short password has no look of its own: it is known by the word before it.
  ['{"type":"m.login.password","password":"hunter2 and more"}', "hunter2"],
  ["password: hunter2", "hunter2"],
  ["loginToken=abc", "abc"],
  ["passphrase = 'two words'", "two words"],
  ["client_secret=s3cr3t)", "s3cr3t"],
])("what a secret's name announces is hidden: %s", (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

it.each([
  ["Room !abc:example.org: ignoring", "Room [redacted] ignoring"],
  ["Error for @person:example.org", "Error for [redacted]"],
  ["event $15anevent:example.org failed", "event [redacted] failed"],
  ["event $Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg failed", "event $[redacted] failed"],
  ["in #family:example.org.", "in [redacted]"],
])("ids of rooms, people and events are hidden: %s", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

it("of an address, the server and the endpoint are left", () => {
  expect(
    redact(
      "PUT https://matrix.example.org:8448/_matrix/client/v3/room_keys/keys/%21room%3Ax/wX2?version=7 failed",
    ),
  ).toBe(
    "PUT https://matrix.example.org:8448/_matrix/client/v3/room_keys/keys/[redacted]/[redacted] failed",
  );
  expect(redact("https://person:word@matrix.example.org/x")).toBe("https://matrix.example.org/x");
});

it.each([
  "MatrixError: [429] Too Many Requests",
  "Error processing backup request for rust crypto-sdk",
  "backup: current backup version is 12, not using version 11",
  "Failed to process outgoing request 3: ConnectionError: fetch failed",
  "bootstrapCrossSigning complete",
  "M_LIMIT_EXCEEDED M_UNRECOGNIZED_WITH_A_LONG_NAME",
  "/_matrix/client/room_keys",
  "What is it? Nothing.",
  "Unknown server_name m.megolm_backup.v1.curve",
])("what helps is left: %s", (text) => {
  expect(redact(text)).toBe(text);
});

it("of a stack trace, the script and the place in it are left", () => {
  const frame = "at $t (https://backup.example.org/assets/index-D5Jo6US5.js:2:31415)";
  expect(redact(frame)).toBe(frame);
});

it("a query is taken out of a path without a server", () => {
  expect(redact("GET /login?code=abc&x#here failed")).toBe("GET /login?[redacted] failed");
});

it("a text has 240 characters at most", () => {
  expect(redact("a word ".repeat(60))).toHaveLength(240);
  expect(redact("words ".repeat(40))).toBe("words ".repeat(40));
});

it("one line stays one line", () => {
  expect(redact("one\r\ntwo\u2028three\u001B[31m")).toBe("one two three [31m");
});
