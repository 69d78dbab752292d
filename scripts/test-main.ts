// The second half of `npm test`, under the pinned Node and with everything installed.
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { selectChecks } from "./lib/checkList.mjs";
import { onParentGone } from "./lib/parentWatch.mjs";
import { endingSignals } from "./lib/runCommand.mjs";
import { runCheck } from "./lib/runCheck.ts";
import { runChecks } from "./lib/runChecks.ts";
import { formatSummary } from "./lib/summary.ts";

await runScript(async () => {
  const wanted = selectChecks(process.argv.slice(2));
  const ending = new AbortController();
  for (const signal of endingSignals) {
    process.on(signal, () => ending.abort());
  }
  onParentGone(() => ending.abort());
  const results = await runChecks(
    wanted,
    (check, hold) => {
      const beside = hold === undefined ? "" : " (what it prints follows the others)";
      say(`\n── ${check.name}: ${check.command.join(" ")}${beside}`);
      return runCheck(check, root, process.env, ending.signal, hold);
    },
    ending.signal,
    say,
  );
  say(`\n${formatSummary(results)}`);
  return ending.signal.aborted || results.some(({ failed }) => failed > 0) ? 1 : 0;
});
