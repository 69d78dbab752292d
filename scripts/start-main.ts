// The second half of `npm start`, under the pinned Node and with everything installed.
import { join } from "node:path";
import { startDemo } from "./demo/startDemo.ts";
import { root, say } from "./lib/bootstrap.mjs";
import { ensureBuild } from "./lib/buildDashboard.ts";
import { parseStartOptions } from "./lib/options.mjs";
import { onParentGone } from "./lib/parentWatch.mjs";
import { endingSignals } from "./lib/runCommand.mjs";
import { describeFailure } from "./lib/setUpError.mjs";
import { startStaticServer } from "./lib/staticServer.ts";
import { formatWelcome } from "./lib/welcome.ts";

/** How long a part may take to end before it is ended with the process. */
const patienceMs = 5_000;

const options = parseStartOptions(process.argv.slice(2));
const ending = new AbortController();
const running: { stop(): Promise<unknown> }[] = [];

for (const signal of endingSignals) {
  // A terminal's ctrl-C arrives more than once: from the terminal and from npm.
  process.on(signal, () => void end(0));
}
onParentGone(() => void end(0));
try {
  await start();
} catch (error) {
  if (!ending.signal.aborted) {
    process.stderr.write(`${describeFailure(error)}\n`);
    await end(1);
  }
}

async function start(): Promise<void> {
  const building = ensureBuild(root, say, ending.signal);
  // Awaited below, together with the rest; a failure meanwhile is not unhandled.
  building.catch(() => {});
  const demo = options.homeserver === null ? await startEmbeddedHomeserver() : null;
  const homeserver = options.homeserver ?? demo?.homeserverUrl ?? null;
  const server = await startStaticServer({
    folder: await building,
    port: options.port,
    overrides: { "/config.json": JSON.stringify({ defaultHomeserver: homeserver }) },
  });
  running.push({ stop: () => server.close() });
  const accounts = demo?.accounts ?? [];
  say(formatWelcome({ dashboard: server.url, homeserver: homeserver ?? "", accounts }));
}

async function startEmbeddedHomeserver() {
  const demo = await startDemo({
    port: options.homeserverPort,
    dataFolder: join(root, ".demo"),
    python: process.env["SYNAPSE_PYTHON"] ?? "",
    onProgress: say,
    onUnexpectedExit: (error) => {
      process.stderr.write(`${describeFailure(error)}\n`);
      void end(1);
    },
  });
  running.push(demo);
  return demo;
}

/** Ends everything that was started, then this process; the first call decides the exit code. */
async function end(exitCode: number): Promise<void> {
  if (ending.signal.aborted) return;
  ending.abort();
  setTimeout(() => process.exit(exitCode), patienceMs);
  await Promise.allSettled(running.map((part) => part.stop()));
  // A homeserver still on its way up ends with this process.
  process.exit(exitCode);
}
