// `npm run sbom`: writes sbom.cdx.json, the list of what ships, to go with a release.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { makeSbom } from "./lib/sbom.mjs";

await runScript(async () => {
  const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { text, components } = await makeSbom(root, name);
  writeFileSync(join(root, "sbom.cdx.json"), text);
  say(`sbom.cdx.json lists the ${components.length} packages that ship.`);
  return 0;
});
