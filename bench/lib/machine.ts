import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";

/** What the numbers were measured on. */
export interface Machine {
  readonly date: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  /** One-minute load at the start: above about 0.5 the numbers are somebody else's too. */
  readonly load: number;
  readonly node: string;
  readonly matrixJsSdk: string;
  readonly cryptoWasm: string;
}

/** Describes this machine and the versions measured, but for the browser's. */
export function describeMachine(root: string): Machine {
  return {
    date: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${release()} ${arch()}`,
    load: loadavg()[0] ?? 0,
    node: process.version,
    matrixJsSdk: versionOf(root, "matrix-js-sdk"),
    cryptoWasm: versionOf(root, "@matrix-org/matrix-sdk-crypto-wasm"),
  };
}

function versionOf(root: string, name: string): string {
  const path = join(root, "node_modules", name, "package.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version;
}
