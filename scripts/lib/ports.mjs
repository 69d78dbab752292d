import { createServer } from "node:net";
import { SetUpError } from "./setUpError.mjs";

/** Both loopback addresses: browsers and programs differ in which one "localhost" means. */
export const loopbackHosts = /** @type {const} */ (["127.0.0.1", "::1"]);

/**
 * The sentence for a port that cannot be listened on.
 * @param {{ code?: string | undefined, port: number, use: string, option: string }} problem
 * @returns {SetUpError}
 */
export function portProblem({ code, port, use, option }) {
  if (code === "EADDRINUSE") {
    return new SetUpError(
      `Port ${port}, wanted for ${use}, is in use: end the program that holds it, or choose another port with ${option}.`,
    );
  }
  if (code === "EACCES") {
    return new SetUpError(
      `This user may not listen on port ${port}, wanted for ${use}: choose one above 1023 with ${option}.`,
    );
  }
  return new SetUpError(
    `Port ${port}, wanted for ${use}, cannot be opened (${code ?? "no reason given"}): choose another with ${option}.`,
  );
}

/**
 * Whether an error means that this machine has no such address, as without IPv6.
 * @param {string | undefined} code
 */
export function isMissingAddress(code) {
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}

/**
 * Checks early, before anything slow is done for a port that is taken.
 * @param {{ port: number, use: string, option: string }} wanted
 * @returns {Promise<void>}
 * @throws {SetUpError}
 */
export async function requireFreePort(wanted) {
  for (const host of loopbackHosts) {
    const code = await tryListening(wanted.port, host);
    if (code !== null && !isMissingAddress(code)) throw portProblem({ ...wanted, code });
  }
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<string | null>} an error code, or null when it worked
 */
function tryListening(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      resolve(error.code ?? error.message);
    });
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
