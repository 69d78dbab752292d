// `npm run licences`: fails when something under an unwanted licence is installed.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { judgePackage } from "./lib/licences.mjs";
import { SetUpError } from "./lib/setUpError.mjs";

/**
 * @typedef {{ version: string, license?: string, dev?: boolean, link?: boolean }} LockEntry
 */

/** @param {string} folder */
function readLicenceText(folder) {
  if (!existsSync(folder)) return "";
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  return name === undefined ? "" : readFileSync(join(folder, name), "utf8");
}

await runScript(async () => {
  /** @type {{ packages: Record<string, LockEntry> }} */
  const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  /** @type {Map<string, { ships: number, tools: number }>} */
  const table = new Map();
  /** @type {string[]} */
  const problems = [];
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    if (path === "") continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const dev = entry.dev === true;
    const { licence, problem } = judgePackage({
      name,
      version: entry.version,
      dev,
      licence: entry.license ?? "",
      licenceText: readLicenceText(join(root, path)),
    });
    const row = table.get(licence) ?? { ships: 0, tools: 0 };
    row[dev ? "tools" : "ships"] += 1;
    table.set(licence, row);
    if (problem !== null) problems.push(problem);
  }
  if (table.size === 0) throw new SetUpError("The lockfile names no packages.");
  say(`${"licence".padEnd(24)}${"ships".padStart(6)}${"tools".padStart(7)}`);
  for (const [licence, { ships, tools }] of [...table].toSorted(([a], [b]) => a.localeCompare(b))) {
    say(`${licence.padEnd(24)}${String(ships).padStart(6)}${String(tools).padStart(7)}`);
  }
  for (const problem of problems) say(`Not wanted: ${problem}`);
  return problems.length === 0 ? 0 : 1;
});
