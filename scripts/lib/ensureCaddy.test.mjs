import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureCaddy, findCaddy } from "./ensureCaddy.mjs";

describe("ensureCaddy", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "caddy-"));
    vi.stubEnv("CADDY_PATH", "");
    // Without apt-get on PATH nothing can be installed.
    vi.stubEnv("PATH", folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it("finds CADDY_PATH, else the one on PATH, and is quiet about it", async () => {
    const said = vi.fn();
    writeFileSync(join(folder, "caddy"), "");
    expect(findCaddy()).toBe(join(folder, "caddy"));
    vi.stubEnv("CADDY_PATH", "/opt/caddy");
    expect(findCaddy()).toBe("/opt/caddy");
    await ensureCaddy(said);
    expect(said).not.toHaveBeenCalled();
  });

  it("says what is not checked where there is none and none can be installed", async () => {
    const said = vi.fn();
    await ensureCaddy(said);
    expect(findCaddy()).toBeNull();
    expect(said).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining("docs/deploy/Caddyfile is not run"),
    );
  });
});
