import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeFinding, findSecrets, type Allowance } from "./findSecrets.ts";
import { Recorder } from "./Recorder.ts";
import type { Secret } from "./secretForms.ts";

const password: Secret = { name: "password", value: 'it\'s "one" & <two> 50% long ünd' };
const key: Secret = { name: "key", value: Uint8Array.from({ length: 32 }, (_, i) => 255 - i * 3) };
const recoveryKey: Secret = {
  name: "recovery key",
  value: "EsTb Mkjh 8Uhv 3fKp Xw2q Rn7z Ye4d Ac6m Bt9s Lg5x Vj3w Pq1r",
};
const text = password.value as string;
const bytes = Buffer.from(key.value as Uint8Array);

function found(content: string | Buffer, allowed: readonly Allowance[] = []) {
  const recorder = new Recorder();
  recorder.at("then");
  recorder.note("console", "log", content);
  return findSecrets(recorder.sightings, [password, key, recoveryKey], allowed);
}

/** The bytes between others, so that they begin at any of base64's three places. */
function between(before: number): Buffer {
  return Buffer.concat([randomBytes(before), bytes, randomBytes(5)]);
}

describe("a secret in text", () => {
  it.each([
    ["plain", text],
    ["without spaces", text.replaceAll(" ", "")],
    ["in a URL", `https://x.test/?q=${encodeURIComponent(text)}`],
    ["in a hash", new URL(`https://x.test/#${text}`).href],
    ["in a query as typed", new URL(`https://x.test/?a=${text}`).href],
    ["in a form", new URLSearchParams({ q: text }).toString()],
    ["in JSON", JSON.stringify({ a: [text] })],
    ["in JSON in JSON", JSON.stringify({ a: JSON.stringify([text]) })],
    ["in base64", Buffer.from(`user:${text}!`).toString("base64")],
    ["in hex", Buffer.from(text).toString("hex")],
    ["as numbers", [...Buffer.from(text)].join(",")],
    [
      "in markup",
      `<html><p>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</p>`,
    ],
    ["in UTF-8 bytes", Buffer.from(`--${text}--`)],
    ["in UTF-16 bytes", Buffer.from(`--${text}--`, "utf16le")],
  ])("is found %s", (_, content) => {
    expect(found(content)).toEqual([expect.objectContaining({ secret: "password" })]);
  });
});

describe("the bytes of a key", () => {
  it.each([
    ["in hex", bytes.toString("hex")],
    ["in capital hex", bytes.toString("hex").toUpperCase()],
    ["in base64", bytes.toString("base64")],
    ["in unpadded base64", bytes.toString("base64").replace(/=+$/u, "")],
    ["in URL-safe base64", bytes.toString("base64url")],
    ["in URL-encoded base64", encodeURIComponent(bytes.toString("base64"))],
    ["in base64 one byte on", between(1).toString("base64")],
    ["in base64 two bytes on", between(2).toString("base64")],
    ["in base64 three bytes on", between(3).toString("base64url")],
    ["as a list", `[${[...bytes].join(", ")}]`],
    ["as a typed array in JSON", JSON.stringify(new Uint8Array(bytes))],
    ["as a binary string", bytes.toString("latin1")],
    ["as bytes", between(7)],
    ["in base64 within bytes", Buffer.from(`..${bytes.toString("base64")}..`)],
  ])("are found %s", (_, content) => {
    expect(found(content)).toEqual([expect.objectContaining({ secret: "key" })]);
  });
});

describe("a recovery key", () => {
  const whole = recoveryKey.value as string;
  it.each([
    ["in groups", whole],
    ["without spaces", whole.replaceAll(" ", "")],
    ["cut after half", whole.replaceAll(" ", "").slice(0, 30)],
    ["in its groups, cut", whole.slice(0, 40)],
    [
      "in other groups, cut",
      whole
        .replaceAll(" ", "")
        .slice(9)
        .replaceAll(/(.{6})/gu, "$1\n"),
    ],
    ["without its beginning", whole.replaceAll(" ", "").slice(20)],
  ])("is found %s", (_, content) => {
    expect(found(content)).toEqual([expect.objectContaining({ secret: "recovery key" })]);
  });
});

it("finds nothing where there is nothing", () => {
  expect(found("it's one and two")).toEqual([]);
  expect(found(randomBytes(64))).toEqual([]);
  expect(found(randomBytes(64).toString("base64"))).toEqual([]);
});

it("says which secret, where and when, and not the secret", () => {
  const [finding] = found(`<html><input name="a" value="${recoveryKey.value as string}"></html>`);
  expect(finding === undefined ? "" : describeFinding(finding)).toBe(
    'recovery key (plain) in console: log <input value>, first at "then"',
  );
});

it("passes over what must be there, and only that", () => {
  const rule = { secret: /^key$/, channel: "console", place: /^log$/ } as const;
  const content = bytes.toString("hex");
  expect(found(content, [rule])).toEqual([]);
  expect(found(content, [{ ...rule, moment: /then/ }])).toEqual([]);
  expect(found(content, [{ ...rule, moment: /later/ }])).toHaveLength(1);
  expect(found(content, [{ ...rule, place: /^warn$/ }])).toHaveLength(1);
  expect(found(content, [{ ...rule, channel: "DOM" }])).toHaveLength(1);
  expect(found(content, [{ ...rule, secret: /password/ }])).toHaveLength(1);
});
