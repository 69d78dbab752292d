import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { precompress } from "./precompress.ts";

/** @type {string} */
let root;
/** @type {string[]} */
let files;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "precompress-"));
  const write = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFileSync(join(root, name), text);
  mkdirSync(join(root, "public"));
  write("public/config.json", JSON.stringify({ long: "x".repeat(5_000) }));
  write("index.html", '<!doctype html><script type="module" src="/main.js"></script>');
  const long = Array.from({ length: 300 }, (_, line) => `"line ${line} of many"`).join(",");
  write("main.js", `console.log([${long}]); import("./small.js");`);
  write("small.js", "console.log(1);");
  await build({ root, configFile: false, logLevel: "silent", plugins: [precompress()] });
  files = readdirSync(join(root, "dist"), { recursive: true }).map(String);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("precompress", () => {
  it("leaves beside each large file two forms of the same bytes", () => {
    const script = files.find((name) => /assets\/index-.*\.js$/.test(name)) ?? "none";
    const read = (/** @type {string} */ name) => readFileSync(join(root, "dist", name));
    expect(brotliDecompressSync(read(`${script}.br`))).toEqual(read(script));
    expect(gunzipSync(read(`${script}.gz`))).toEqual(read(script));
    expect(read(`${script}.br`).length).toBeLessThan(read(script).length / 2);
  });

  it("leaves alone what is small and what may be edited after the build", () => {
    const compressed = files.filter((name) => /\.(br|gz)$/.test(name));
    expect(compressed).toHaveLength(2);
    expect(files).toContain("config.json");
  });
});
