import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const module = fileURLToPath(new URL("parentWatch.mjs", import.meta.url));

it("notices a parent that was killed outright", async () => {
  const watcher = `import { onParentGone } from ${JSON.stringify(module)};
    onParentGone(() => { console.log("gone"); process.exit(); });
    setInterval(() => {}, 1000); console.log("watching");`;
  const parent = `require("child_process").spawn(process.execPath,
    ["--input-type=module", "-e", ${JSON.stringify(watcher)}], { stdio: "inherit" });
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", parent], { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.setEncoding("utf8");
  const [first] = await once(child.stdout, "data");
  expect(first).toBe("watching\n");
  child.kill("SIGKILL");
  const [second] = await once(child.stdout, "data");
  expect(second).toBe("gone\n");
});
