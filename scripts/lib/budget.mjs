import { posix } from "node:path";
import { gzipSync } from "node:zlib";
import { parseSync } from "vite";

/**
 * What a build may weigh, in bytes after gzip at the level that servers use by default.
 * @typedef {object} Budget
 * @property {string} name
 * @property {number} limit
 * @property {readonly string[]} files names below dist/, of a build
 */

/** @typedef {ReadonlyMap<string, Buffer>} Build file name below dist/, with "/", to contents */

/** @param {Build} build @param {string} name @returns {Buffer} */
function contentsOf(build, name) {
  const contents = build.get(name);
  if (contents === undefined) throw new Error(`${name} is loaded by the page and not in the build`);
  return contents;
}

/**
 * What a module loads before it runs: `import … from` and `export … from`, not `import()`.
 * @param {string} name of the module, relative to dist/
 * @param {string} code
 * @returns {string[]} names below dist/
 */
export function staticImports(name, code) {
  const { module, errors } = parseSync(name, code);
  if (errors.length > 0) throw new Error(`${name} cannot be read as a module`);
  const sources = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value])),
    ),
  ];
  return [...new Set(sources)].map((source) =>
    source.startsWith("/") ? source.slice(1) : posix.join(posix.dirname(name), source),
  );
}

/**
 * The modules that the page loads before it is of use: those of its script tags and module
 * preloads, and all that these import.
 * @param {Build} build
 * @returns {readonly string[]}
 */
export function firstModules(build) {
  const html = contentsOf(build, "index.html").toString();
  const tags = html.matchAll(
    /<(?:script\b[^>]*\bsrc|link\b[^>]*\brel="modulepreload"[^>]*\bhref)="([^"]+)"/g,
  );
  const waiting = [...tags].map(([, url = ""]) => url.replace(/^\//, ""));
  if (waiting.length === 0) throw new Error("index.html loads no script");
  /** @type {Set<string>} */
  const found = new Set();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...staticImports(name, contentsOf(build, name).toString()));
  }
  return [...found].toSorted();
}

/**
 * The budgets of the dashboard, for a build.
 * @param {Build} build
 * @returns {readonly Budget[]}
 */
export function budgetsOf(build) {
  const ending = (/** @type {string} */ suffix) =>
    [...build.keys()].filter((name) => name.endsWith(suffix));
  return [
    { name: "JavaScript before sign-in", limit: 120_000, files: firstModules(build) },
    // With that of the workers.
    { name: "JavaScript in all", limit: 500_000, files: ending(".js") },
    { name: "CSS", limit: 15_000, files: ending(".css") },
  ];
}

/**
 * The measured budgets as a table, and what is over. Sizes in kB of 1,000 bytes.
 * @param {Build} build
 * @returns {{ lines: readonly string[], over: readonly string[] }}
 */
export function weigh(build) {
  const size = (/** @type {string} */ name) => gzipSync(contentsOf(build, name)).length;
  const kB = (/** @type {number} */ bytes) => (bytes / 1_000).toFixed(1);
  const row = (/** @type {string[]} */ [name = "", ...numbers]) =>
    name.padEnd(44) + numbers.map((text) => text.padStart(9)).join("");
  const lines = [row(["", "gzip kB", "budget"])];
  /** @type {string[]} */
  const over = [];
  for (const { name, limit, files } of budgetsOf(build)) {
    const sizes = files.map((file) => ({ file, bytes: size(file) }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    lines.push(row([name, kB(total), kB(limit)]));
    for (const { file, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, 8)) {
      lines.push(row([`  ${file}`, kB(bytes)]));
    }
    if (files.length > 8) lines.push(`  and ${files.length - 8} more`);
    if (total > limit) over.push(`${name}: ${kB(total)} kB, and the budget is ${kB(limit)} kB.`);
    if (total === 0) over.push(`${name}: the build has none, so it was not measured.`);
  }
  for (const name of build.keys()) {
    if (name.endsWith(".map")) over.push(`${name}: source maps are not for production.`);
  }
  return { lines, over };
}
