import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chooseEncoding, compress } from "./encodings.ts";

describe("chooseEncoding", () => {
  it.each([
    [undefined, "identity"],
    ["", "identity"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["GZIP;q=0.5", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br; q=0, gzip;q=0", "identity"],
    ["*", "br"],
    ["*;q=0", "identity"],
    ["br;q=0, *", "gzip"],
    ["identity", "identity"],
    ["br;q=nonsense", "identity"],
  ])("answers %j with %s", (header, encoding) => {
    expect(chooseEncoding(header)).toBe(encoding);
  });
});

describe("compress", () => {
  const bytes = Buffer.from("room key ".repeat(1000));

  it("gives bytes that decompress to the same, and fewer", async () => {
    const brotli = await compress(bytes, "br");
    const gzip = await compress(bytes, "gzip");
    expect(brotliDecompressSync(brotli)).toEqual(bytes);
    expect(gunzipSync(gzip)).toEqual(bytes);
    expect(Math.max(brotli.length, gzip.length)).toBeLessThan(bytes.length / 10);
  });
});
