import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it, vi } from "vitest";
import { runCommand, withProgress } from "./runCommand.mjs";

const module = fileURLToPath(new URL("runCommand.mjs", import.meta.url));

it("keeps what a program prints, and its exit code", async () => {
  const program = `console.log("out"); console.error("err"); process.exitCode = 3;`;
  const { code, output } = await runCommand(process.execPath, ["-e", program]);
  expect(code).toBe(3);
  expect(output.split("\n").toSorted()).toEqual(["", "err", "out"]);
});

it("answers for a program that does not exist the way a shell does", async () => {
  expect(await runCommand("/nowhere/program", [])).toMatchObject({ code: 127 });
});

it("says what it is doing before a long step", async () => {
  const say = vi.fn();
  expect(await withProgress("Installing", async () => 7, say)).toBe(7);
  expect(say.mock.calls).toEqual([["Installing …"]]);
});

it("ends a step's program when it is asked to end itself", async () => {
  // The program of the step shares standard output, which ends only when both are gone.
  const step = `setInterval(() => {}, 1000); console.error("running");`;
  const program = `import { spawn } from "node:child_process";
    import { withProgress } from ${JSON.stringify(module)};
    await withProgress("Installing", (signal) => {
      spawn(process.execPath, ["-e", ${JSON.stringify(step)}], { stdio: "inherit", signal })
        .on("error", () => {});
      return new Promise(() => {});
    }, console.log);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
  await once(child.stderr, "data");
  child.kill("SIGTERM");
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, "close");
  expect(code).toBe(143);
});
