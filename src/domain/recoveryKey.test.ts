import * as fc from "fast-check";
import {
  decodeRecoveryKey,
  encodeRecoveryKey as sdkEncode,
} from "matrix-js-sdk/lib/crypto-api/recovery-key";
import { describe, expect, it } from "vitest";
import {
  encodeRecoveryKey,
  extractRecoveryKey,
  inspectRecoveryKeyInput,
  parseDecryptionKey,
  parseRecoveryKey,
} from "./recoveryKey";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const keyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const invisible = fc.constantFrom(
  ..." \t\n\r\u000b\f\u00a0\u1680\u2003\u2028\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e".split(
    "",
  ),
);
const KEY = encodeRecoveryKey(Uint8Array.from({ length: 32 }, (_, index) => index));
const COMPACT = KEY.replaceAll(" ", "");

function sdkAccepts(text: string): Uint8Array | null {
  try {
    return decodeRecoveryKey(text);
  } catch {
    return null;
  }
}

describe("a well-formed recovery key", () => {
  it("reads back as the bytes it was made of, with any white space anywhere", () => {
    fc.assert(
      fc.property(
        keyBytes,
        fc.array(fc.tuple(fc.nat({ max: 60 }), invisible), { maxLength: 30 }),
        (bytes, noise) => {
          let text = encodeRecoveryKey(bytes);
          for (const [place, character] of noise) {
            text = text.slice(0, place) + character + text.slice(place);
          }
          const parsed = parseRecoveryKey(text);
          expect(parsed).toEqual({
            ok: true,
            value: { bytes: new Uint8Array(bytes), text: encodeRecoveryKey(bytes) },
          });
        },
      ),
    );
  });

  it("is written as the SDK writes it: twelve groups of four, beginning with Es", () => {
    fc.assert(
      fc.property(keyBytes, (bytes) => {
        const text = encodeRecoveryKey(bytes);
        expect(text).toBe(sdkEncode(bytes));
        expect(text).toMatch(/^Es\w\w( \w{4}){11}$/);
      }),
    );
  });

  it("is not altered by parsing: the caller's text keeps its case", () => {
    expect(parseRecoveryKey(COMPACT.toLowerCase()).ok).toBe(false);
    expect(parseRecoveryKey(COMPACT)).toMatchObject({ ok: true, value: { text: KEY } });
  });

  it("cannot be made of other than 32 bytes", () => {
    expect(() => encodeRecoveryKey(new Uint8Array(31))).toThrow(RangeError);
  });
});

describe("a recovery key with a fault", () => {
  it("with one character changed is never read as the same key, and is judged as the SDK judges it", () => {
    fc.assert(
      fc.property(
        keyBytes,
        fc.nat({ max: 47 }),
        fc.constantFrom(...ALPHABET.split("")),
        (bytes, place, character) => {
          const right = encodeRecoveryKey(bytes).replaceAll(" ", "");
          fc.pre(right[place] !== character);
          const wrong = right.slice(0, place) + character + right.slice(place + 1);
          const parsed = parseRecoveryKey(wrong);
          const bySdk = sdkAccepts(wrong);
          expect(parsed.ok).toBe(bySdk !== null);
          if (parsed.ok) {
            expect(parsed.value.bytes).toEqual(bySdk);
            expect(parsed.value.bytes).not.toEqual(new Uint8Array(bytes));
          } else {
            expect(["prefix", "parity"]).toContain(parsed.error.reason);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("agrees with the SDK on any text of possible characters", () => {
    const text = fc.string({ unit: fc.constantFrom(...ALPHABET.split(""), " "), maxLength: 60 });
    fc.assert(
      fc.property(text, (candidate) => {
        expect(parseRecoveryKey(candidate).ok).toBe(sdkAccepts(candidate) !== null);
      }),
    );
  });

  const faults: [string, string, object][] = [
    ["nothing", "", { reason: "empty" }],
    ["only white space", " \n\u00a0\u200b", { reason: "empty" }],
    [
      "characters no key has, each named once",
      `${KEY.slice(0, 20)}0OIl-0"`,
      { reason: "characters", characters: ["0", "O", "I", "l", "-", '"'] },
    ],
    ["an emoji, named whole", "Es🔑", { reason: "characters", characters: ["🔑"] }],
    ["too few characters", COMPACT.slice(0, 47), { reason: "length", length: 47 }],
    ["too many characters", `${COMPACT}E`, { reason: "length", length: 49 }],
    ["a wrong beginning", `Et${COMPACT.slice(2)}`, { reason: "prefix" }],
    ["a first character that makes 36 bytes", `z${COMPACT.slice(1)}`, { reason: "prefix" }],
    ["48 ones, which are 48 zero bytes", "1".repeat(48), { reason: "prefix" }],
    [
      "a wrong end",
      COMPACT.slice(0, 47) + (COMPACT.endsWith("1") ? "2" : "1"),
      { reason: "parity" },
    ],
  ];
  it.each(faults)("%s", (_, text, problem) => {
    expect(parseRecoveryKey(text)).toEqual({ ok: false, error: problem });
  });

  it("names impossible characters before it counts", () => {
    expect(parseRecoveryKey("correct-horse")).toMatchObject({ error: { reason: "characters" } });
  });
});

describe("inspectRecoveryKeyInput", () => {
  it("counts what was typed without white space", () => {
    expect(inspectRecoveryKeyInput("EsT7 3\u00a0a\n")).toEqual({
      count: 6,
      of: 48,
      invalidCharacters: [],
      complete: false,
    });
  });

  it("is complete with 48 possible characters, and says nothing about parity", () => {
    expect(inspectRecoveryKeyInput(KEY).complete).toBe(true);
    expect(inspectRecoveryKeyInput("E".repeat(48)).complete).toBe(true);
    expect(inspectRecoveryKeyInput(`${COMPACT.slice(0, 47)}0`).complete).toBe(false);
  });
});

describe("extractRecoveryKey", () => {
  const label = "Recovery key for @alice:example.org\r\nMade on 2026-01-02, keep it secret\r\n\r\n";
  const files: [string, string][] = [
    ["the key alone", KEY],
    ["a trailing line end and a byte order mark", `\ufeff${KEY}\r\n`],
    ["label lines around", `${label}${KEY}\r\n\r\nhomeserver: https://matrix.example.org\r\n`],
    ["a label on the same line", `Recovery key: ${KEY}`],
    ["a label touching the key, and quotes", `{"recovery_key":"${COMPACT}"}`],
    ["the key wrapped over lines", `${label}${KEY.slice(0, 29)}\n${KEY.slice(30)}\nThe end`],
    ["no-break spaces between the groups", `Key\n${KEY.replaceAll(" ", "\u00a0")}`],
    ["an earlier line that looks like the start of a key", `Es war einmal\n${KEY}`],
  ];
  it.each(files)("finds the key in %s", (_, text) => {
    expect(extractRecoveryKey(text)).toBe(KEY);
  });

  it("finds the key between any words", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 12 });
    fc.assert(
      fc.property(keyBytes, words, words, (bytes, before, after) => {
        const key = encodeRecoveryKey(bytes);
        expect(extractRecoveryKey([...before, key, ...after].join("\n"))).toBe(key);
      }),
    );
  });

  it("hands over a key with a typo, so that the typo can be named", () => {
    const typo = `${KEY.slice(0, 10)}0${KEY.slice(11)}`;
    expect(extractRecoveryKey(`${label}Recovery key: ${typo}\nbye`)).toBe(typo);
    expect(parseRecoveryKey(typo)).toMatchObject({
      error: { reason: "characters", characters: ["0"] },
    });
  });

  it("finds nothing in a file that holds no key, however large", () => {
    expect(extractRecoveryKey("-----BEGIN MEGOLM SESSION DATA-----\nAbCd\n")).toBeNull();
    expect(extractRecoveryKey("")).toBeNull();
    expect(extractRecoveryKey("Es ".repeat(100_000))).toBeNull();
  });
});

describe("a backup decryption key from another program", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => index + 200);
  const base64 = btoa(String.fromCharCode(...bytes));

  it.each([
    ["in the recovery key's format", encodeRecoveryKey(bytes)],
    ["as padded base64", base64],
    ["as unpadded base64", base64.replace("=", "")],
    ["with white space around and inside", ` ${base64.slice(0, 20)}\n${base64.slice(20)}\u00A0`],
  ])("%s", (_, text) => {
    expect(parseDecryptionKey(text)).toEqual({ ok: true, value: bytes });
  });

  it.each([
    ["nothing", "", { reason: "empty" }],
    ["base64 of fewer bytes", base64.slice(0, 40), { reason: "format" }],
    ["base64 of more bytes", `${base64.slice(0, 43)}AAAA`, { reason: "format" }],
    ["base64 for addresses", base64.replaceAll(/[+/]/g, "_"), { reason: "format" }],
    ["a password", "hunter2", { reason: "format" }],
    ["a recovery key cut off", COMPACT.slice(0, 40), { reason: "length", length: 40 }],
    [
      "a recovery key with a typo",
      COMPACT.slice(0, 47) + (COMPACT.endsWith("1") ? "2" : "1"),
      { reason: "parity" },
    ],
  ])("%s: says why it is none", (_, text, error) => {
    expect(parseDecryptionKey(text)).toEqual({ ok: false, error });
  });
});
