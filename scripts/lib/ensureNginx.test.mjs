import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureNginx } from "./ensureNginx.mjs";

describe("ensureNginx", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nginx-"));
    vi.stubEnv("NGINX_PATH", "");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param {string} name @param {string} says */
  function program(name, says) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${says}' >&2\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const whole = "configure arguments: --with-http_gzip_static_module";

  it("takes NGINX_PATH when it is one", async () => {
    const path = program("my-nginx", whole);
    vi.stubEnv("NGINX_PATH", path);
    expect(await ensureNginx(vi.fn())).toBe(path);
  });

  it("finds it on PATH, and among the system's programs where it mostly is", async () => {
    const path = program("nginx", whole);
    const said = vi.fn();
    vi.stubEnv("PATH", `${folder}:/bin`);
    // Any file that is there will do as the module.
    expect(await ensureNginx(said, [], path)).toBe(path);
    vi.stubEnv("PATH", "/bin");
    expect(await ensureNginx(said, [folder], path)).toBe(path);
    expect(said).not.toHaveBeenCalled();
  });

  it("goes on without the module for brotli where it can not be installed, and says so", async () => {
    const path = program("nginx", whole);
    const said = vi.fn();
    vi.stubEnv("PATH", folder);
    expect(await ensureNginx(said, [], join(folder, "no-module.so"))).toBe(path);
    expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("brotli"));
  });

  it.each([
    ["is missing", () => "/nowhere/nginx"],
    ["is something else", () => program("other", "hello")],
  ])("names an NGINX_PATH that %s, and installs nothing", async (_, path) => {
    const said = vi.fn();
    vi.stubEnv("NGINX_PATH", path());
    await expect(ensureNginx(said)).rejects.toThrow(/^NGINX_PATH is .*unset it\.$/);
    expect(said).not.toHaveBeenCalled();
  });

  it("says what to do where there is none and none can be installed", async () => {
    // Without apt-get on PATH nothing can be.
    vi.stubEnv("PATH", folder);
    await expect(ensureNginx(vi.fn(), [])).rejects.toThrow(/install it .*NGINX_PATH/);
  });
});
