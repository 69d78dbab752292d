// `npm run budget`: weighs the build in dist/ and fails when it is over its budget.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { weigh } from "./lib/budget.mjs";
import { SetUpError } from "./lib/setUpError.mjs";

await runScript(async () => {
  const dist = join(root, "dist");
  if (!existsSync(join(dist, "index.html"))) {
    throw new SetUpError("There is no build in dist/ to weigh; `npm run build` makes one.");
  }
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(html|js|css|map)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const { lines, over } = weigh(
    new Map(files.map((path) => [relative(dist, path).replaceAll(sep, "/"), readFileSync(path)])),
  );
  for (const line of lines) say(line);
  for (const problem of over) say(`Over the budget: ${problem}`);
  return over.length === 0 ? 0 : 1;
});
