import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["firefox-esr", "firefox"];

/**
 * The Firefox to drive in tests: $FIREFOX_PATH, else the first known name on PATH.
 * @returns {string | null} an absolute path, or null when none is installed
 */
export function findFirefox() {
  const configured = process.env["FIREFOX_PATH"];
  if (configured) return configured;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) {
      const candidate = join(folder, name);
      if (folder !== "" && existsSync(candidate)) return candidate;
    }
  }
  return null;
}
