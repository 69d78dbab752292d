import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { runCommand } from "./runCommand.mjs";
import { SetUpError, failureFromOutput } from "./setUpError.mjs";

/** Everything the build reads; tests and scripts are not in it. */
const inputs = [
  ".env",
  ".env.production",
  "index.html",
  "package-lock.json",
  "scripts/lib/contentTypes.ts",
  "scripts/lib/encodings.ts",
  "scripts/lib/leanSdk.ts",
  "scripts/lib/precompress.ts",
  "scripts/lib/pruneTokens.ts",
  "public",
  "src",
  "tsconfig.json",
  "vite.config.ts",
];

/** SHA-256 over the names and contents of everything that the build of the dashboard reads. */
export function hashSources(root: string): string {
  const hash = createHash("sha256");
  for (const path of inputs.flatMap((input) => listFiles(join(root, input))).toSorted()) {
    const contents = createHash("sha256").update(readFileSync(path)).digest("hex");
    hash.update(`${relative(root, path)} ${contents}\n`);
  }
  return hash.digest("hex");
}

function listFiles(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Builds the dashboard into dist/ unless the build there is of these very sources. The stamp lies
 * inside dist/, which every build empties, so a build made by hand is never taken for this one.
 * @throws SetUpError with the bundler's last lines when the sources do not build
 */
export async function ensureBuild(
  root: string,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const folder = join(root, "dist");
  const stamp = join(folder, ".sources");
  const hash = hashSources(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return folder;
  say("Building the dashboard …");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const args = [vite, "build", "--logLevel", "warn"];
  const { code, output } = await runCommand(process.execPath, args, { cwd: root, signal });
  if (code !== 0) throw failureFromOutput("building the dashboard", output);
  if (!existsSync(join(folder, "index.html"))) {
    throw new SetUpError("The build of the dashboard left no index.html in dist/.");
  }
  writeFileSync(stamp, hash);
  return folder;
}
