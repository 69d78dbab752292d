import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";

/** Where system programs are that are not for every user; seldom on PATH. */
export const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/**
 * The first program of a name on PATH, then in `folders`.
 * @param {string} name
 * @param {readonly string[]} [folders]
 * @returns {string | null} an absolute path, or null when there is none
 */
export function findProgram(name, folders = []) {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = [...onPath, ...folders].map((folder) => join(folder, name));
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}
