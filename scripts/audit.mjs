// `npm run audit`: asks the registry for known holes in what ships. Exit code 0: none that are high
// or critical; 1: some; 2: the registry could not be asked, so nothing is known.
import process from "node:process";
import { judgeAudit } from "./lib/audit.mjs";
import { root, runScript, say } from "./lib/bootstrap.mjs";
import { npmCommand } from "./lib/dependencies.mjs";
import { runCommand } from "./lib/runCommand.mjs";

await runScript(async () => {
  const { command, args } = npmCommand(process.env);
  const { output } = await runCommand(command, [...args, "audit", "--omit=dev", "--json"], {
    cwd: root,
  });
  const audit = judgeAudit(output);
  if (audit.kind === "not_asked") {
    say(`NOT ASKED: the registry gave no answer about known holes (${audit.why}).`);
    return 2;
  }
  for (const finding of audit.findings) say(finding);
  const count = audit.findings.length;
  say(`${count} known holes that are high or critical, and ${audit.lesser} lesser ones.`);
  return count === 0 ? 0 : 1;
});
