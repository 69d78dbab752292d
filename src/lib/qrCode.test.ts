import { assert, property, uint8Array } from "fast-check";
import { describe, expect, it } from "vitest";
import { drawQrCode, type Picture, readQrCode } from "./qrCode";

/** Paints the path of a drawn code, some pixels per module. */
function paint({ size, path }: { size: number; path: string }, scale = 4): Picture {
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      const from = row * width + Number(x) * scale;
      for (let pixel = from; pixel < from + Number(length) * scale; pixel++) {
        data.fill(0, pixel * 4, pixel * 4 + 3);
      }
    }
  }
  return { data, width, height: width };
}

describe("a QR code", () => {
  it("gives back any bytes, also those that are no text", () => {
    assert(
      property(uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        expect(readQrCode(paint(drawQrCode(bytes)))).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it("is read turned by a quarter", () => {
    const bytes = Uint8Array.from({ length: 120 }, (_, index) => (index * 37) % 256);
    const { data, width } = paint(drawQrCode(bytes));
    const turned = new Uint8ClampedArray(data.length);
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < width; x++) {
        const from = (y * width + x) * 4;
        turned.set(data.subarray(from, from + 4), (x * width + (width - 1 - y)) * 4);
      }
    }
    expect(readQrCode({ data: turned, width, height: width })).toEqual(bytes);
  });

  it("is not found in an empty picture", () => {
    const data = new Uint8ClampedArray(320 * 240 * 4).fill(200);
    expect(readQrCode({ data, width: 320, height: 240 })).toBeNull();
  });
});
