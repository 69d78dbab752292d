import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { choosePython, ensureSynapse, parseProbe } from "./pythonVenv.mjs";

/** @param {string} command @param {number} minor @param {boolean} venv */
function python(command, minor, venv) {
  return { command, version: /** @type {[number, number]} */ ([3, minor]), venv };
}

describe("parseProbe", () => {
  it("reads version and venv", () => {
    expect(parseProbe("python3", "3 11 1\n")).toEqual(python("python3", 11, true));
    expect(parseProbe("python3", "3 12 0\n")).toEqual(python("python3", 12, false));
  });

  it("takes a program that is no Python for none", () => {
    expect(parseProbe("python3", "Python was not found; run without arguments")).toBeNull();
  });
});

describe("choosePython", () => {
  it("takes the first that is recent enough and whole", () => {
    const found = [
      python("python3", 9, true),
      python("python3.12", 12, false),
      python("python3.11", 11, true),
    ];
    expect(choosePython(found)).toEqual({ python: found[2] });
  });

  it("names the missing venv module", () => {
    const choice = choosePython([python("python3", 12, false)]);
    expect(choice).toMatchObject({
      sentence: expect.stringMatching(/3\.12 is here without its venv/),
    });
  });

  it("says what is too old", () => {
    const choice = choosePython([python("python3", 9, true)]);
    expect(choice).toMatchObject({ sentence: expect.stringMatching(/not found; python3 is 3\.9/) });
  });

  it("says that there is none, and how to do without", () => {
    expect(choosePython([])).toMatchObject({
      sentence: expect.stringMatching(/^Python 3\.10 or newer.*was not found: .*--homeserver/),
    });
  });
});

describe("ensureSynapse", () => {
  /** @type {string} */
  let root;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "venv-"));
    vi.stubEnv("SYNAPSE_PYTHON", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  /** A program that answers like a Python with this Synapse. @param {string} version */
  function fakePython(version) {
    const folder = join(root, ".synapse", "venv", "bin");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "python");
    writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  const options = { mayInstallSystemPackages: false };

  it("uses a finished venv at once, saying nothing", async () => {
    const path = fakePython("1.163.2");
    writeFileSync(join(root, ".synapse", "venv", "complete"), "matrix-synapse[oidc]==1.163.2");
    const said = vi.fn();
    expect(await ensureSynapse(root, said, options)).toBe(path);
    expect(said).not.toHaveBeenCalled();
  });

  it("does not trust a venv without its stamp", async () => {
    fakePython("1.163.2");
    // With no Python to be found the rebuild that must follow ends in the sentence about it.
    vi.stubEnv("PATH", "");
    await expect(ensureSynapse(root, vi.fn(), options)).rejects.toThrow(/was not found/);
  });

  it("makes one anew that was made without what single sign-on needs", async () => {
    fakePython("1.163.2");
    writeFileSync(join(root, ".synapse", "venv", "complete"), "1.163.2");
    vi.stubEnv("PATH", "");
    await expect(ensureSynapse(root, vi.fn(), options)).rejects.toThrow(/was not found/);
  });

  it("names a SYNAPSE_PYTHON that has no Synapse", async () => {
    vi.stubEnv("SYNAPSE_PYTHON", "/nowhere/python");
    await expect(ensureSynapse(root, vi.fn(), options)).rejects.toThrow(
      /SYNAPSE_PYTHON is \/nowhere\/python/,
    );
  });
});
