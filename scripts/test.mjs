// `npm test`: sets everything up, then goes on in test-main.ts under the pinned Node.
import process from "node:process";
import { bootstrap, root, runScript, say } from "./lib/bootstrap.mjs";
import { selectChecks } from "./lib/checkList.mjs";
import { ensureCaddy } from "./lib/ensureCaddy.mjs";
import { ensureChromium } from "./lib/ensureChromium.mjs";
import { ensureFirefox } from "./lib/ensureFirefox.mjs";
import { ensureNginx } from "./lib/ensureNginx.mjs";
import { continueIn } from "./lib/pinnedNode.mjs";
import { ensureSynapse } from "./lib/pythonVenv.mjs";

await runScript(
  async () => {
    const args = process.argv.slice(2);
    const wanted = selectChecks(args);
    const node = await bootstrap();
    /** @type {NodeJS.ProcessEnv} */
    const env = { CI: "true" };
    if (wanted.some(({ synapse }) => synapse)) {
      env["SYNAPSE_PYTHON"] = await ensureSynapse(root, say, { mayInstallSystemPackages: true });
    }
    if (wanted.some(({ chromium }) => chromium)) {
      env["CHROMIUM_PATH"] = await ensureChromium(root, say);
    }
    if (wanted.some(({ firefox }) => firefox)) {
      env["FIREFOX_PATH"] = await ensureFirefox(say);
    }
    if (wanted.some(({ webServers }) => webServers)) {
      env["NGINX_PATH"] = await ensureNginx(say);
      await ensureCaddy(say);
    }
    return continueIn(node, { root, script: "test-main.ts", args, env });
  },
  // Whoever reads only the last line still reads the truth.
  () => say("0 passed, 1 failed"),
);
