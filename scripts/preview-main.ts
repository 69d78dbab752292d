// The second half of `npm run preview`, under the pinned Node.
import { join } from "node:path";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { parsePreviewOptions } from "./lib/options.mjs";
import { onParentGone } from "./lib/parentWatch.mjs";
import { endingSignals } from "./lib/runCommand.mjs";
import { startStaticServer } from "./lib/staticServer.ts";

await runScript(async () => {
  const { port } = parsePreviewOptions(process.argv.slice(2));
  const server = await startStaticServer({ folder: join(root, "dist"), port });
  say(`Serving dist/ at ${server.url}. Press ctrl-C to end.`);
  const { promise, resolve } = Promise.withResolvers<number>();
  for (const signal of endingSignals) process.on(signal, () => resolve(0));
  onParentGone(() => resolve(0));
  const exitCode = await promise;
  await server.close();
  return exitCode;
});
