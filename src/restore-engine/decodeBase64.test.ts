import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unpaddedBase64 } from "@/testing/forgeBackup";
import { decodeBase64 } from "./decodeBase64";

const padded = (text: string): string => text + "=".repeat((4 - (text.length % 4)) % 4);

const bytes = fc
  .uint8Array({ maxLength: 100 })
  .map((values): Uint8Array<ArrayBuffer> => Uint8Array.from(values));

describe("base64 in its one spelling", () => {
  it("gives back the bytes, padded or not", () => {
    fc.assert(
      fc.property(bytes, (original) => {
        const text = unpaddedBase64(original);
        expect(decodeBase64(text)).toEqual(original);
        expect(decodeBase64(padded(text))).toEqual(original);
      }),
    );
  });

  it("refuses whatever is not how those bytes are written", () => {
    const letters = fc.constantFrom(..."ABCDwxyz0189+/-_=\n \0é\u0141\uD800".split(""));
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 12 }), (text) => {
        const decoded = decodeBase64(text);
        if (decoded !== null) {
          const spelling = unpaddedBase64(decoded);
          expect([spelling, padded(spelling)]).toContain(text);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    "A",
    "AAAAA",
    "AB",
    "AAB",
    "AA=",
    "AAA==",
    "A===",
    "====",
    "=",
    "AA==AA==",
    "AAAA=",
    "AAAA====",
    "A A=",
    "AAA\n",
    "-_AA",
    "AAA\u0141",
    "AAA\u0000",
  ])("refuses %j", (text) => {
    expect(decodeBase64(text)).toBeNull();
  });
});
