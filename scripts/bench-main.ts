// The second half of `npm run bench`, under the pinned Node.
import { constants } from "node:os";
import { runBench } from "../bench/runBench.ts";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { parseBenchOptions } from "./lib/benchOptions.mjs";
import { onParentGone } from "./lib/parentWatch.mjs";
import { endingSignals } from "./lib/runCommand.mjs";

await runScript(async () => {
  const bench = await runBench({
    ...parseBenchOptions(process.argv.slice(2)),
    root,
    chromiumPath: process.env["CHROMIUM_PATH"] ?? "",
    synapsePython: process.env["SYNAPSE_PYTHON"] ?? "",
    say,
  });
  let ending = false;
  const end = (exitCode: number): void => {
    if (ending) return;
    ending = true;
    void bench.close().finally(() => process.exit(exitCode));
  };
  for (const signal of endingSignals) {
    process.on(signal, () => end(128 + constants.signals[signal]));
  }
  onParentGone(() => end(1));
  try {
    return await bench.run();
  } catch (error) {
    // What was cut off by the end fails; that is no news.
    if (ending) return await new Promise<never>(() => {});
    throw error;
  } finally {
    if (!ending) await bench.close();
  }
});
