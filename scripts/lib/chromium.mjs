import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The Chromium to drive in tests: $CHROMIUM_PATH, else the first known name on PATH.
 * @returns {string | null} an absolute path, or null when none is installed
 */
export function findChromium() {
  const configured = process.env["CHROMIUM_PATH"];
  if (configured) return configured;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) {
      const candidate = join(folder, name);
      if (folder !== "" && existsSync(candidate)) return candidate;
    }
  }
  return null;
}
