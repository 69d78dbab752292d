// `npm run bench`: sets everything up, then goes on in bench-main.ts under the pinned Node.
import process from "node:process";
import { bootstrap, root, runScript, say } from "./lib/bootstrap.mjs";
import { benchHelp, parseBenchOptions } from "./lib/benchOptions.mjs";
import { ensureChromium } from "./lib/ensureChromium.mjs";
import { continueIn } from "./lib/pinnedNode.mjs";
import { ensureSynapse } from "./lib/pythonVenv.mjs";

await runScript(async () => {
  const args = process.argv.slice(2);
  const { help, only } = parseBenchOptions(args);
  if (help) {
    say(benchHelp);
    return 0;
  }
  const node = await bootstrap();
  /** @type {NodeJS.ProcessEnv} */
  const env = { CHROMIUM_PATH: await ensureChromium(root, say) };
  if (only.includes("synapse")) {
    env["SYNAPSE_PYTHON"] = await ensureSynapse(root, say, { mayInstallSystemPackages: false });
  }
  return continueIn(node, { root, script: "bench-main.ts", args, env });
});
