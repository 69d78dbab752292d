import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureFirefox } from "./ensureFirefox.mjs";

describe("ensureFirefox", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "firefox-"));
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

  it("takes FIREFOX_PATH when it starts", async () => {
    const path = program("my-browser", 0);
    vi.stubEnv("FIREFOX_PATH", path);
    expect(await ensureFirefox(vi.fn())).toBe(path);
  });

  it("takes the one on PATH", async () => {
    const path = program("firefox-esr", 0);
    vi.stubEnv("FIREFOX_PATH", "");
    vi.stubEnv("PATH", `${folder}:/bin:/usr/bin`);
    expect(await ensureFirefox(vi.fn())).toBe(path);
  });

  it.each([
    ["is missing", () => "/nowhere/firefox"],
    ["does not start", () => program("broken", 1)],
  ])("names a FIREFOX_PATH that %s, and installs nothing", async (_, path) => {
    const said = vi.fn();
    vi.stubEnv("FIREFOX_PATH", path());
    await expect(ensureFirefox(said)).rejects.toThrow(/^FIREFOX_PATH is .*unset it\.$/);
    expect(said).not.toHaveBeenCalled();
  });

  it("says what is missing where there is none and none can be installed", async () => {
    vi.stubEnv("FIREFOX_PATH", "");
    vi.stubEnv("PATH", folder);
    await expect(ensureFirefox(vi.fn())).rejects.toThrow(
      /need Firefox, .*set FIREFOX_PATH to it\.$/,
    );
  });
});
