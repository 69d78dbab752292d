import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimSoleStart } from "./soleStart.mjs";

describe("claimSoleStart", () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "sole-start-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("lets one at a time work on a folder, and others on other folders", async () => {
    const claim = await claimSoleStart(root);
    await expect(claimSoleStart(root)).rejects.toThrow(
      "npm start is already running in this folder: end it with ctrl-C first.",
    );
    const elsewhere = await claimSoleStart(`${root}-2`);
    elsewhere.release();
    claim.release();
    const again = await claimSoleStart(root);
    again.release();
  });

  it("does not mind one that was killed", async () => {
    const module = fileURLToPath(new URL("soleStart.mjs", import.meta.url));
    const program = `import { claimSoleStart } from ${JSON.stringify(module)};
      await claimSoleStart(${JSON.stringify(root)});
      console.log("claimed"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program]);
    await once(child.stdout, "data");
    await expect(claimSoleStart(root)).rejects.toThrow(/already running/);
    child.kill("SIGKILL");
    await once(child, "exit");
    const claim = await claimSoleStart(root);
    claim.release();
  });
});
