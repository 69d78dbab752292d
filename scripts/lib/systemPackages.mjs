import process from "node:process";
import { runCommand, withProgress } from "./runCommand.mjs";

/** Whether this machine's packages may be added to: root on a Debian-like system. */
export async function canUseApt() {
  if (process.getuid?.() !== 0) return false;
  return (await runCommand("apt-get", ["--version"])).code === 0;
}

/**
 * Installs Debian packages without asking anything.
 * @param {readonly string[]} packages
 * @param {(text: string) => void} say
 * @returns {Promise<import("./runCommand.mjs").CommandResult>} the result of the last step run
 */
export async function aptInstall(packages, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return withProgress(
    `Installing ${packages.join(" and ")} with apt-get`,
    async (signal) => {
      const update = await runCommand("apt-get", ["update", "-q"], { env, signal });
      if (update.code !== 0) return update;
      const install = ["install", "-y", "-q", "--no-install-recommends", ...packages];
      return runCommand("apt-get", install, { env, signal });
    },
    say,
  );
}
