import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { SetUpError } from "./setUpError.mjs";

/**
 * Makes sure that only one `npm start` at a time works on this folder's demo data, which a second
 * one with --reset would throw away under the first. The lock is a local socket, which the system
 * closes however the process ends; nothing is sent over it.
 * @param {string} root the project's folder
 * @returns {Promise<{ release(): void }>}
 * @throws {SetUpError} while another one runs
 */
export async function claimSoleStart(root) {
  const path = socketPath(root);
  let server = await tryListen(path);
  if (server === null && !(await answers(path))) {
    // Left behind by a process that was killed.
    rmSync(path, { force: true });
    server = await tryListen(path);
  }
  if (server === null) {
    throw new SetUpError("npm start is already running in this folder: end it with ctrl-C first.");
  }
  const claimed = server;
  return { release: () => void claimed.close() };
}

/** @param {string} root */
function socketPath(root) {
  const name = `key-backup-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** @param {string} path @returns {Promise<import("node:net").Server | null>} null when it is taken */
function tryListen(path) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    // Holds the lock, not the process.
    server.unref();
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(path, () => resolve(server));
  });
}

/** @param {string} path @returns {Promise<boolean>} */
function answers(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
