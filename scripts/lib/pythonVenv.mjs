import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { runCommand, withProgress } from "./runCommand.mjs";
import { SetUpError, failureFromOutput } from "./setUpError.mjs";
import { aptInstall, canUseApt } from "./systemPackages.mjs";

const synapseVersion = "1.163.2";
/** `oidc`: what Synapse needs for single sign-on, which the tests of signing in run. */
const requirement = `matrix-synapse[oidc]==${synapseVersion}`;
const names = ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
const withoutServer =
  "To use a homeserver of your own instead, run npm start -- --homeserver https://matrix.example.org.";

/**
 * What one Python on PATH says about itself.
 * @typedef {{ command: string, version: [number, number], venv: boolean }} FoundPython
 */

const probe = `
import sys
try:
    import ensurepip, venv
    ok = 1
except ImportError:
    ok = 0
print(sys.version_info[0], sys.version_info[1], ok)
`;

/**
 * @param {string} command
 * @param {string} output what the probe printed
 * @returns {FoundPython | null}
 */
export function parseProbe(command, output) {
  const match = /^(\d+) (\d+) ([01])\s*$/.exec(output);
  if (match === null) return null;
  return { command, version: [Number(match[1]), Number(match[2])], venv: match[3] === "1" };
}

/**
 * The first Python that can make the venv; else the sentence that says what is missing.
 * @param {readonly FoundPython[]} found in order of preference
 * @returns {{ python: FoundPython } | { lacksVenv: FoundPython | null, sentence: string }}
 */
export function choosePython(found) {
  const recent = found.filter(({ version: [major, minor] }) => major === 3 && minor >= 10);
  const usable = recent.find((python) => python.venv);
  if (usable !== undefined) return { python: usable };
  const [bare] = recent;
  if (bare !== undefined) {
    const version = bare.version.join(".");
    return {
      lacksVenv: bare,
      sentence: `Python ${version} is here without its venv module, which the demo homeserver needs: install it (Debian: apt-get install python3-venv). ${withoutServer}`,
    };
  }
  const [old] = found;
  const instead = old === undefined ? "" : `; ${old.command} is ${old.version.join(".")}`;
  return {
    lacksVenv: null,
    sentence: `Python 3.10 or newer, which the demo homeserver needs, was not found${instead}: install it. ${withoutServer}`,
  };
}

/**
 * A Python with the pinned Synapse: $SYNAPSE_PYTHON, else the venv in `.synapse/venv`, made anew
 * when it is missing, half made, of another version or without an extra, or broken (as after a move).
 * @param {string} root the project's folder
 * @param {(text: string) => void} say
 * @param {{ mayInstallSystemPackages: boolean }} options
 * @returns {Promise<string>} the path of the Python that can run `-m synapse.app.homeserver`
 * @throws {SetUpError} without a usable Python, a network or space
 */
export async function ensureSynapse(root, say, { mayInstallSystemPackages }) {
  const configured = process.env["SYNAPSE_PYTHON"];
  if (configured !== undefined && configured !== "") {
    if (await hasSynapse(configured)) return configured;
    throw new SetUpError(
      `SYNAPSE_PYTHON is ${configured}, which has no ${requirement}: correct or unset it.`,
    );
  }
  const venv = join(root, ".synapse", "venv");
  const python = join(venv, "bin", "python");
  const stamp = join(venv, "complete");
  if (readIfThere(stamp) === requirement && (await hasSynapse(python))) return python;

  const base = await findPython(say, mayInstallSystemPackages);
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(dirname(venv), { recursive: true });
  const made = await runCommand(base, ["-m", "venv", venv]);
  if (made.code !== 0) throw failureFromOutput("making the Python environment", made.output);
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
  // Wheels only: building from source would need compilers and Rust.
  const what = ["--only-binary=:all:", requirement];
  const installed = await withProgress(
    `Installing the homeserver, Synapse ${synapseVersion} (about a minute the first time)`,
    (signal) => runCommand(python, [...pip, ...what], { signal }),
    say,
  );
  if (installed.code !== 0) throw failureFromOutput("installing Synapse", installed.output);
  writeFileSync(stamp, requirement);
  return python;
}

/** @param {(text: string) => void} say @param {boolean} mayInstallSystemPackages */
async function findPython(say, mayInstallSystemPackages) {
  let choice = choosePython(await probeAll());
  if ("python" in choice) return choice.python.command;
  if (mayInstallSystemPackages && (await canUseApt())) {
    await aptInstall(["python3", "python3-venv"], say);
    choice = choosePython(await probeAll());
    if ("python" in choice) return choice.python.command;
  }
  throw new SetUpError(choice.sentence);
}

async function probeAll() {
  const found = [];
  for (const name of names) {
    const { code, output } = await runCommand(name, ["-c", probe]);
    const python = code === 0 ? parseProbe(name, output) : null;
    if (python !== null) found.push(python);
  }
  return found;
}

/** @param {string} python */
async function hasSynapse(python) {
  if (!existsSync(python)) return false;
  const program =
    "from importlib.metadata import version; import synapse, authlib; print(version('matrix-synapse'))";
  const { code, output } = await runCommand(python, ["-c", program]);
  return code === 0 && output.trim().endsWith(synapseVersion);
}

/** @param {string} path */
function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
