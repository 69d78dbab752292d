import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSynapse, type SynapseProcess } from "../lib/synapseProcess.ts";
import { parseDemoAccounts, type DemoAccount } from "./demoAccount.ts";

/** What `startDemo` needs. */
export interface StartDemoOptions {
  /** The homeserver's port on loopback. */
  readonly port: number;
  /** Where the demo lives between runs; made when missing. Only its own files in it are touched. */
  readonly dataFolder: string;
  /** The Python that has Synapse installed. */
  readonly python: string;
  /** One line of news at a time, while it takes long. */
  readonly onProgress: (line: string) => void;
  /** Called when the homeserver ends by itself later on. */
  readonly onUnexpectedExit?: (error: Error) => void;
}

/** A running demo. */
export interface Demo {
  readonly homeserverUrl: string;
  readonly accounts: readonly DemoAccount[];
  /** Stops the homeserver; the data stays. */
  stop(): Promise<void>;
}

/**
 * Starts the demo homeserver. The first time it is filled, which takes up to a minute; a filling
 * that was interrupted left no stamp, so its half-made data is thrown away and it begins again.
 */
export async function startDemo(options: StartDemoOptions): Promise<Demo> {
  const { port, dataFolder, python, onProgress } = options;
  const folder = join(dataFolder, "synapse");
  const seeded = readSeeded(dataFolder);
  if (seeded === null) throwAwayHalfMade(dataFolder);
  onProgress("Starting the demo homeserver");
  const synapse = await startSynapse({
    python,
    folder,
    port,
    ...(options.onUnexpectedExit === undefined
      ? {}
      : { onUnexpectedExit: options.onUnexpectedExit }),
  });
  try {
    const accounts = seeded ?? (await seed(dataFolder, synapse, onProgress));
    return { homeserverUrl: synapse.url, accounts, stop: () => synapse.stop() };
  } catch (error) {
    await synapse.stop();
    throw error;
  }
}

function pathsIn(dataFolder: string) {
  return {
    stamp: join(dataFolder, "seeded.json"),
    accounts: join(dataFolder, "accounts.json"),
    carolKey: join(dataFolder, "carol-recovery-key.txt"),
    synapse: join(dataFolder, "synapse"),
  };
}

/** The accounts of a complete earlier seeding, or null. */
function readSeeded(dataFolder: string): DemoAccount[] | null {
  const paths = pathsIn(dataFolder);
  const whole = [paths.stamp, paths.accounts, join(paths.synapse, "homeserver.db")];
  return whole.every((path) => existsSync(path))
    ? parseDemoAccounts(readFileSync(paths.accounts, "utf8"))
    : null;
}

function throwAwayHalfMade(dataFolder: string): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  for (const path of Object.values(pathsIn(dataFolder))) {
    rmSync(path, { recursive: true, force: true });
  }
}

async function seed(
  dataFolder: string,
  synapse: SynapseProcess,
  onProgress: (line: string) => void,
): Promise<DemoAccount[]> {
  const paths = pathsIn(dataFolder);
  const started = performance.now();
  // Loaded only now: it brings the whole SDK, which a later start does without.
  const { seedDemo } = await import("./seedDemo.ts");
  const accounts = await seedDemo({ synapse, carolKeyFile: paths.carolKey, onProgress });
  writeWhole(paths.accounts, accounts);
  // The stamp comes last: it says that everything before it is there.
  writeWhole(paths.stamp, { seededAt: new Date().toISOString() });
  const seconds = Math.round((performance.now() - started) / 1000);
  onProgress(`The demo history is ready (${seconds} s)`);
  return accounts;
}

/** Writes a file that is either whole or not there, readable by its owner only. */
function writeWhole(path: string, value: unknown): void {
  const half = `${path}.tmp`;
  writeFileSync(half, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, path);
}
