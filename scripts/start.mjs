// `npm start`: sets everything up, then goes on in start-main.ts under the pinned Node.
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bootstrap, root, runScript, say } from "./lib/bootstrap.mjs";
import { parseStartOptions, startHelp } from "./lib/options.mjs";
import { continueIn } from "./lib/pinnedNode.mjs";
import { requireFreePort } from "./lib/ports.mjs";
import { ensureSynapse } from "./lib/pythonVenv.mjs";
import { claimSoleStart } from "./lib/soleStart.mjs";

await runScript(async () => {
  const args = process.argv.slice(2);
  const { help, port, homeserver, homeserverPort, reset } = parseStartOptions(args);
  if (help) {
    say(startHelp);
    return 0;
  }
  // All of this comes before anything is installed or thrown away.
  if (homeserver === null || reset) await claimSoleStart(root);
  await requireFreePort({ port, use: "the dashboard", option: "--port" });
  if (homeserver === null) {
    const use = "the demo homeserver";
    await requireFreePort({ port: homeserverPort, use, option: "--homeserver-port" });
  }
  const node = await bootstrap();
  const options = { mayInstallSystemPackages: false };
  const python = homeserver === null ? await ensureSynapse(root, say, options) : "";
  if (reset) rmSync(join(root, ".demo"), { recursive: true, force: true });
  return continueIn(node, { root, script: "start-main.ts", args, env: { SYNAPSE_PYTHON: python } });
});
