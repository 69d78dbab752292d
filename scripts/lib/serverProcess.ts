import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface ServerProcess {
  /** As in "http://127.0.0.1:4300", without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a web server that stays in the foreground, and resolves once it answers at `url`. It ends
 * with this process at the latest.
 * @param env added to this process's own
 * @throws Error with the server's words when it does not start
 */
export async function startServer(
  url: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      words += error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });
  const killWithParent = (): void => void child.kill("SIGTERM");
  process.once("exit", killWithParent);
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    process.off("exit", killWithParent);
  };
  const starting = new AbortController();
  void ended.then(() => starting.abort());
  while (!starting.signal.aborted) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return { url, stop };
    await delay(50);
  }
  process.off("exit", killWithParent);
  throw new Error(`${program} did not start: ${words.trim()}`);
}
