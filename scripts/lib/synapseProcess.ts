import { spawn, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { writeSynapseConfig } from "./synapseConfig.ts";

/** What `startSynapse` needs. */
export interface SynapseOptions {
  /** The Python that has `matrix-synapse` installed. */
  readonly python: string;
  /** Everything the homeserver keeps lives here; made when missing. */
  readonly folder: string;
  readonly port: number;
  /** The part after the colon in user ids; `localhost` unless told. */
  readonly serverName?: string;
  /** Every line Synapse logs (warnings and errors). */
  readonly onLog?: (line: string) => void;
  /** Called once when the process ends without `stop()` having been asked for. */
  readonly onUnexpectedExit?: (error: SynapseError) => void;
  /** Top-level homeserver.yaml keys that win over the usual ones. */
  readonly extraConfig?: Readonly<Record<string, unknown>>;
  /** How long to wait for the first answer, in milliseconds. */
  readonly startTimeoutMs?: number;
}

/** A running homeserver. */
export interface SynapseProcess {
  /** `http://localhost:PORT`, without a slash at the end. */
  readonly url: string;
  readonly folder: string;
  readonly port: number;
  readonly serverName: string;
  /** Makes an account without a device, one that may use the admin API if so told. Resolves to the full user id. */
  adminRegister(
    username: string,
    password: string,
    displayName?: string,
    admin?: boolean,
  ): Promise<string>;
  /** The last log lines, oldest first. */
  recentLog(): readonly string[];
  /** Ends the process and waits for it. Safe to call twice. */
  stop(): Promise<void>;
}

/** Why a homeserver did not start, in one sentence meant for people. */
export class SynapseError extends Error {
  override readonly name = "SynapseError";
}

/**
 * Runs Synapse under two guards: a lock on its folder, because two servers would ruin one SQLite
 * file, and a thread that reads stdin, because the pipe closes however the parent ends.
 * SIGINT is left to the parent, which then stops the server in its own time.
 */
const launcher = `
import fcntl, os, signal, sys, threading, time
folder = sys.argv.pop(1)
lock = open(os.path.join(folder, "lock"), "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    sys.exit("another homeserver is already running in this folder")
signal.signal(signal.SIGINT, signal.SIG_IGN)
def watch():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(8)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
from synapse.app.homeserver import main
main()
`;

const keptLogLines = 200;

/**
 * Writes the configuration, starts Synapse on the loopback interface only and resolves once it
 * answers. Rejects with a {@link SynapseError} when the port is taken or the process ends first.
 */
export async function startSynapse(options: SynapseOptions): Promise<SynapseProcess> {
  const { folder, port, serverName = "localhost", startTimeoutMs = 120_000 } = options;
  const { configPath, registrationSecret } = writeSynapseConfig({
    folder,
    port,
    serverName,
    bindAddresses: await freeLoopbackAddresses(port),
    extraConfig: options.extraConfig ?? {},
  });

  const child = spawn(options.python, ["-c", launcher, folder, "--config-path", configPath], {
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PYTHONUNBUFFERED: "1" },
  });
  const log: string[] = [];
  const keep = (line: string): void => {
    log.push(line);
    if (log.length > keptLogLines) log.shift();
    options.onLog?.(line);
  };
  followLines(child.stdout, keep);
  followLines(child.stderr, keep);
  // A write to a process that is gone must not end this one.
  child.stdin.on("error", () => {});

  let stopping = false;
  const killWithParent = (): void => void child.kill("SIGTERM");
  process.once("exit", killWithParent);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`could not be started (${error.message})`));
    // `close`, not `exit`: the last log lines have arrived by then.
    child.once("close", (code, signal) => resolve(`ended (${signal ?? `exit code ${code}`})`));
  }).then((how) => {
    process.removeListener("exit", killWithParent);
    return new SynapseError(`Synapse ${how}.${lastWords(log)}`);
  });

  const stop = async (): Promise<void> => {
    stopping = true;
    await endProcess(child, ended);
  };

  const url = `http://localhost:${port}`;
  const baseUrl = `http://127.0.0.1:${port}`;
  const waiting = new AbortController();
  const failedStart = await Promise.race([
    ended,
    waitForAnswer(baseUrl, startTimeoutMs, waiting.signal).then((answered) =>
      answered
        ? null
        : new SynapseError(
            `Synapse did not answer within ${startTimeoutMs / 1000} s.${lastWords(log)}`,
          ),
    ),
  ]);
  waiting.abort();
  if (failedStart !== null) {
    await stop();
    throw failedStart;
  }
  void ended.then((error) => {
    if (!stopping) options.onUnexpectedExit?.(error);
  });

  return {
    url,
    folder,
    port,
    serverName,
    adminRegister: (username, password, displayName, admin = false) =>
      register(baseUrl, registrationSecret, { username, password, displayName, admin }),
    recentLog: () => [...log],
    stop,
  };
}

/**
 * The loopback addresses a server can listen on: 127.0.0.1, and ::1 where the machine has it.
 * Rejects with a {@link SynapseError} when another program listens on one of them.
 */
async function freeLoopbackAddresses(port: number): Promise<string[]> {
  const addresses: string[] = [];
  for (const host of ["127.0.0.1", "::1"]) {
    const problem = await tryListen(host, port);
    if (problem === null) addresses.push(host);
    else if (problem === "EADDRINUSE") {
      throw new SynapseError(`Port ${port} is already in use by another program.`);
    } else if (problem === "EACCES") {
      throw new SynapseError(`Port ${port} may not be used by this user; choose one above 1023.`);
    } else if (host === "127.0.0.1") {
      throw new SynapseError(`Port ${port} on 127.0.0.1 cannot be opened (${problem}).`);
    }
  }
  return addresses;
}

function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** A port nobody listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port"));
      });
    });
  });
}

function followLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", (line) => {
    if (line.trim() !== "") onLine(line);
  });
}

function lastWords(log: readonly string[]): string {
  return log.length === 0 ? "" : ` Its last words:\n  ${log.slice(-8).join("\n  ")}`;
}

async function waitForAnswer(
  baseUrl: string,
  timeoutMs: number,
  given: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && !given.aborted) {
    try {
      const response = await fetch(`${baseUrl}/_matrix/client/versions`, {
        signal: AbortSignal.any([given, AbortSignal.timeout(5_000)]),
      });
      await response.arrayBuffer();
      if (response.ok) return true;
    } catch {
      // Not listening yet.
    }
    await delay(100);
  }
  return false;
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }
  await ended;
}

/** Shared-secret registration (Synapse Admin API, "Shared-Secret Registration"). */
async function register(
  baseUrl: string,
  secret: string,
  account: {
    username: string;
    password: string;
    displayName: string | undefined;
    admin: boolean;
  },
): Promise<string> {
  const endpoint = `${baseUrl}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(endpoint)).json()) as { nonce: string };
  const mac = createHmac("sha1", secret)
    .update(
      [nonce, account.username, account.password, account.admin ? "admin" : "notadmin"].join("\0"),
    )
    .digest("hex");
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      nonce,
      mac,
      username: account.username,
      password: account.password,
      displayname: account.displayName ?? account.username,
      admin: account.admin,
      inhibit_login: true,
    }),
  });
  const answer = (await response.json()) as { user_id?: string; errcode?: string; error?: string };
  if (answer.user_id === undefined) {
    throw new SynapseError(
      `The account ${account.username} could not be made: ${answer.errcode ?? response.status} ${answer.error ?? ""}`,
    );
  }
  return answer.user_id;
}
