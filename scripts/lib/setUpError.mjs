/**
 * A failure whose message is one plain sentence for the person at the keyboard. Scripts print the
 * message alone; anything else that is thrown is a bug and keeps its stack trace.
 */
export class SetUpError extends Error {
  /** @override */
  name = "SetUpError";

  /**
   * @param {string} sentence what happened and what to do
   * @param {string} [details] the last lines of a tool's own output, for failures nobody foresaw
   */
  constructor(sentence, details = "") {
    super(sentence);
    this.details = details;
  }
}

/**
 * The text to print for anything a script caught.
 * @param {unknown} error
 * @returns {string}
 */
export function describeFailure(error) {
  if (error instanceof SetUpError) {
    return error.details === "" ? error.message : `${error.message}\n\n${error.details}`;
  }
  if (!(error instanceof Error)) return String(error);
  // What the homeserver's helper throws is worded for people as well.
  if (error.name === "SynapseError") return error.message;
  return error.stack ?? error.message;
}

const offline =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|Temporary failure in name resolution|Temporary failure resolving|Could not resolve|Network is unreachable|Cannot connect to proxy|network request to .* failed|getaddrinfo/i;
const diskFull = /ENOSPC|No space left on device/i;
const notAllowed = /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i;

/**
 * Turns a failed tool run into one sentence. Output nobody foresaw is kept as details.
 * @param {string} what what was being done, as in "installing the packages"
 * @param {string} output everything the tool printed
 * @returns {SetUpError}
 */
export function failureFromOutput(what, output) {
  if (diskFull.test(output)) {
    return new SetUpError(`The disk is full, which stopped ${what}: make room and run this again.`);
  }
  if (offline.test(output)) {
    return new SetUpError(
      `No network, or the package registry did not answer, while ${what}: check the connection and run this again.`,
    );
  }
  if (notAllowed.test(output)) {
    return new SetUpError(
      `This user may not write where it is needed for ${what}: check who owns this folder.`,
      lastLines(output),
    );
  }
  return new SetUpError(`Something went wrong while ${what}:`, lastLines(output));
}

/** @param {string} output */
function lastLines(output) {
  return output.trimEnd().split("\n").slice(-15).join("\n");
}
