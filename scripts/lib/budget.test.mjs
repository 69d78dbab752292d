import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { budgetsOf, firstModules, staticImports, weigh } from "./budget.mjs";

/** @param {Record<string, string>} files */
const buildOf = (files) =>
  new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));

const page = {
  "index.html": `<!doctype html><script type="module" crossorigin src="/assets/index-1.js"></script>
    <link rel="modulepreload" crossorigin href="/assets/vendor-1.js">
    <link rel="stylesheet" crossorigin href="/assets/style-1.css">`,
  "assets/index-1.js": 'import{a}from"./a-1.js";import("./later-1.js");a();',
  "assets/a-1.js": 'import"./b-1.js";export const a=()=>1;',
  "assets/b-1.js": 'export*from"./c-1.js";export{x}from"./d-1.js";import"./a-1.js";',
  "assets/c-1.js": "export const c=1;",
  "assets/d-1.js": "export const x=1;",
  "assets/vendor-1.js": "export const v=1;",
  "assets/later-1.js": 'import"./more-1.js";',
  "assets/more-1.js": "",
  "assets/style-1.css": "a{}",
};

describe("staticImports", () => {
  it("finds imports and re-exports in minified code, and no dynamic ones", () => {
    const code =
      'import a,{b as c}from"./a.js";import*as d from"/assets/d.js";import"./e.js";export{f}from"./f.js";export*from"../g.js";const h=()=>import("./h.js"),i="import{x}from\'./i.js\'";export{c,d,h,i,a};';
    expect(staticImports("assets/x.js", code).toSorted()).toEqual([
      "assets/a.js",
      "assets/d.js",
      "assets/e.js",
      "assets/f.js",
      "g.js",
    ]);
  });
});

describe("firstModules", () => {
  it("follows the page's scripts and preloads through static imports only", () => {
    expect(firstModules(buildOf(page))).toEqual([
      "assets/a-1.js",
      "assets/b-1.js",
      "assets/c-1.js",
      "assets/d-1.js",
      "assets/index-1.js",
      "assets/vendor-1.js",
    ]);
  });

  it("does not pass over what it cannot find", () => {
    const { "assets/c-1.js": _, ...without } = page;
    expect(() => firstModules(buildOf(without))).toThrow("assets/c-1.js");
    expect(() => firstModules(buildOf({ "index.html": "<!doctype html>" }))).toThrow("no script");
  });
});

describe("weigh", () => {
  it("counts every script in all, and the styles", () => {
    const [, all, css] = budgetsOf(buildOf(page));
    expect(all?.files).toHaveLength(8);
    expect(css?.files).toEqual(["assets/style-1.css"]);
  });

  it("is content with a small build", () => {
    expect(weigh(buildOf(page)).over).toEqual([]);
  });

  it("names what is over: what the page loads first counts twice", () => {
    const big = (/** @type {number} */ bytes) => `/*${randomBytes(bytes / 2).toString("hex")}*/`;
    const first = weigh(buildOf({ ...page, "assets/d-1.js": `export const x=1;${big(240_000)}` }));
    expect(first.over).toEqual([expect.stringMatching(/^JavaScript before sign-in: \d+\.\d kB/)]);
    const later = weigh(buildOf({ ...page, "assets/more-1.js": big(1_000_000) }));
    expect(later.over).toEqual([expect.stringMatching(/^JavaScript in all: /)]);
    const css = weigh(buildOf({ ...page, "assets/style-1.css": big(40_000) }));
    expect(css.over).toEqual([expect.stringMatching(/^CSS: /)]);
  });

  it("lets no source map through", () => {
    const mapped = weigh(buildOf({ ...page, "assets/a-1.js.map": "{}" }));
    expect(mapped.over).toEqual([expect.stringMatching(/^assets\/a-1\.js\.map: source maps/)]);
  });

  it("does not take a build without styles for a light one", () => {
    const { "assets/style-1.css": _, ...without } = page;
    expect(weigh(buildOf(without)).over).toEqual([expect.stringMatching(/^CSS: .*not measured/)]);
  });
});
