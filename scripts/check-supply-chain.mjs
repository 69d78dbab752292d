// `npm run supply-chain`: fails when a package could come from elsewhere, or be another one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { findSupplyProblems } from "./lib/supplyChain.mjs";

await runScript(async () => {
  const read = (/** @type {string} */ name) => readFileSync(join(root, name), "utf8");
  const lockfile = JSON.parse(read("package-lock.json"));
  const problems = findSupplyProblems(lockfile, JSON.parse(read("package.json")), read(".npmrc"));
  for (const problem of problems) say(problem);
  const count = Object.keys(lockfile.packages).length - 1;
  if (problems.length === 0) say(`${count} packages, each of the npm registry and with its hash.`);
  return problems.length === 0 ? 0 : 1;
});
