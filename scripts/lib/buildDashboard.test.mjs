import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureBuild, hashSources } from "./buildDashboard.ts";

/** @type {string} */
let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "build-"));
  write("src/main.tsx", "one");
  write("index.html", "<!doctype html>");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} path @param {string} text */
function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Puts a program in Vite's place; it counts its runs in the file `runs`. @param {string} program */
function fakeVite(program) {
  write("node_modules/vite/package.json", '{"type":"commonjs"}');
  const prelude = `const fs = require("fs"); fs.appendFileSync("runs", "x");
    fs.rmSync("dist", { recursive: true, force: true }); fs.mkdirSync("dist");`;
  write("node_modules/vite/bin/vite.js", `${prelude} ${program}`);
}

describe("hashSources", () => {
  it("changes with contents, names and new files", () => {
    const hashes = [hashSources(root)];
    write("src/main.tsx", "two");
    hashes.push(hashSources(root));
    write("src/other.ts", "");
    hashes.push(hashSources(root));
    write("public/config.json", "{}");
    hashes.push(hashSources(root));
    expect(new Set(hashes).size).toBe(4);
  });

  it("stays the same over tests and scripts", () => {
    const before = hashSources(root);
    write("src/main.test.tsx", "");
    write("src/ui/Button.browser.test.tsx", "");
    write("scripts/start.mjs", "");
    expect(hashSources(root)).toBe(before);
  });
});

describe("ensureBuild", () => {
  const { signal } = new AbortController();
  const build = () => ensureBuild(root, vi.fn(), signal);
  const writesPage = `fs.writeFileSync("dist/index.html", "built");`;

  it("builds once for the same sources, again after a change or a build by hand", async () => {
    fakeVite(writesPage);
    const runs = () => readFileSync(join(root, "runs"), "utf8").length;
    expect(await build()).toBe(join(root, "dist"));
    await build();
    expect(runs()).toBe(1);
    write("src/main.tsx", "changed");
    await build();
    expect(runs()).toBe(2);
    rmSync(join(root, "dist", ".sources"));
    await build();
    expect(runs()).toBe(3);
  });

  it("shows the bundler's last words when the sources do not build", async () => {
    fakeVite(`console.error("src/main.tsx:1 is odd"); process.exit(1);`);
    await expect(build()).rejects.toMatchObject({
      message: "Something went wrong while building the dashboard:",
      details: "src/main.tsx:1 is odd",
    });
  });

  it("does not believe a build without a page", async () => {
    fakeVite("");
    await expect(build()).rejects.toThrow(/no index\.html/);
  });
});
