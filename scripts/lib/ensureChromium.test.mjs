import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureChromium } from "./ensureChromium.mjs";

describe("ensureChromium", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chromium-"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param {string} name @param {number} exitCode */
  function program(name, exitCode) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexit ${exitCode}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it("takes CHROMIUM_PATH when it starts", async () => {
    const path = program("my-browser", 0);
    vi.stubEnv("CHROMIUM_PATH", path);
    expect(await ensureChromium(folder, vi.fn())).toBe(path);
  });

  it("takes the one on PATH", async () => {
    const path = program("chromium", 0);
    vi.stubEnv("CHROMIUM_PATH", "");
    vi.stubEnv("PATH", `${folder}:/bin:/usr/bin`);
    expect(await ensureChromium(folder, vi.fn())).toBe(path);
  });

  it.each([
    ["is missing", () => "/nowhere/chromium"],
    ["does not start", () => program("broken", 1)],
  ])("names a CHROMIUM_PATH that %s, and installs nothing", async (_, path) => {
    const said = vi.fn();
    vi.stubEnv("CHROMIUM_PATH", path());
    await expect(ensureChromium(folder, said)).rejects.toThrow(/^CHROMIUM_PATH is .*unset it\.$/);
    expect(said).not.toHaveBeenCalled();
  });
});
