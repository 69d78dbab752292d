// `npm run preview`: serves dist/ as it would be deployed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bootstrap, root, runScript, say } from "./lib/bootstrap.mjs";
import { parsePreviewOptions, previewHelp } from "./lib/options.mjs";
import { continueIn } from "./lib/pinnedNode.mjs";
import { requireFreePort } from "./lib/ports.mjs";
import { SetUpError } from "./lib/setUpError.mjs";

await runScript(async () => {
  const args = process.argv.slice(2);
  const { help, port } = parsePreviewOptions(args);
  if (help) {
    say(previewHelp);
    return 0;
  }
  if (!existsSync(join(root, "dist", "index.html"))) {
    throw new SetUpError("There is no build in dist/: run npm run build first.");
  }
  await requireFreePort({ port, use: "the dashboard", option: "--port" });
  const node = await bootstrap();
  return continueIn(node, { root, script: "preview-main.ts", args });
});
