import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fingerprinter, FingerprintSet, fingerprintSeed } from "./fingerprints";

const seed = Uint32Array.of(1, 2);

function printOf(parts: readonly (string | Uint8Array)[], under = seed): string {
  const print = new Fingerprinter(under).begin();
  for (const part of parts) {
    if (typeof part === "string") print.text(part);
    else print.bytes(part);
  }
  print.end();
  return `${print.high}:${print.low}`;
}

describe("fingerprints", () => {
  it("are the same for the same parts, whatever the fingerprinter made before", () => {
    const print = new Fingerprinter(seed);
    print.begin().text("something else").end();
    print
      .begin()
      .text("!a:x")
      .bytes(Uint8Array.of(1, 2, 3, 4, 5))
      .end();
    expect(`${print.high}:${print.low}`).toBe(printOf(["!a:x", Uint8Array.of(1, 2, 3, 4, 5)]));
  });

  it("tell apart where one part ends and the next begins", () => {
    expect(printOf(["!ab", "c"])).not.toBe(printOf(["!a", "bc"]));
    expect(printOf([Uint8Array.of(1, 0)])).not.toBe(printOf([Uint8Array.of(1)]));
    expect(printOf([Uint8Array.of(1, 2, 3, 4, 0)])).not.toBe(printOf([Uint8Array.of(1, 2, 3, 4)]));
  });

  it("change with every byte", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, change) => {
          const other = Uint8Array.from(bytes);
          const index = at % bytes.length;
          other[index] = (other[index] ?? 0) ^ change;
          expect(printOf([other])).not.toBe(printOf([bytes]));
        },
      ),
    );
  });

  it("differ from seed to seed", () => {
    expect(printOf(["a"], fingerprintSeed())).not.toBe(printOf(["a"], fingerprintSeed()));
  });
});

describe("a set of fingerprints", () => {
  it.each([0, 1000, 40_000, Number.MAX_SAFE_INTEGER])(
    "holds what was added and nothing else when it was made for %d",
    (expected) => {
      const set = new FingerprintSet(expected);
      const print = new Fingerprinter(seed);
      const COUNT = 30_000;
      for (let index = 0; index < COUNT; index++) {
        print.begin().text(`entry ${index}`).end();
        expect(set.has(print.high, print.low)).toBe(false);
        expect(set.add(print.high, print.low)).toBe(true);
        expect(set.add(print.high, print.low)).toBe(false);
      }
      expect(set.size).toBe(COUNT);
      for (let index = 0; index < COUNT; index++) {
        print.begin().text(`entry ${index}`).end();
        expect(set.has(print.high, print.low)).toBe(true);
      }
    },
  );

  it("takes the fingerprint that is all zeros", () => {
    const set = new FingerprintSet(1);
    expect(set.has(0, 0)).toBe(false);
    expect(set.add(0, 0)).toBe(true);
    expect(set.has(0, 0)).toBe(true);
    expect(set.has(7, 0)).toBe(false);
  });
});
