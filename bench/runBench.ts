import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { startStaticServer, type StaticServer } from "../scripts/lib/staticServer.ts";
import { details, figures } from "./figures/figures.ts";
import type { Figure } from "./figures/figure.ts";
import { measureSynapse } from "./figures/synapse.ts";
import { Bench, type BenchSizes } from "./lib/Bench.ts";
import { describeMachine } from "./lib/machine.ts";
import type { RunRecord } from "./lib/plan.ts";
import { judge, type Row } from "./lib/rows.ts";
import { ratio } from "./lib/statistics.ts";
import { formatTable } from "./lib/table.ts";

export interface RunBenchOptions {
  /** The project's folder. */
  readonly root: string;
  readonly chromiumPath: string;
  /** The Python that has Synapse; only for that part. */
  readonly synapsePython: string;
  /** Names of figures and details. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly sizes: BenchSizes;
  /** Name of the result's file, or null for the date. */
  readonly out: string | null;
  readonly say: (text: string) => void;
}

/** A benchmark that is ready to run. */
export interface ReadyBench {
  /** Measures, prints the tables and writes the JSON; resolves to the exit code. */
  run(): Promise<number>;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** Builds the page, serves it as the app is served, and readies the measuring. */
export async function runBench(options: RunBenchOptions): Promise<ReadyBench> {
  const { root, say } = options;
  const cache = join(root, "bench", ".cache");
  await mkdir(cache, { recursive: true });
  say("Building the page …");
  await build({ configFile: join(root, "bench", "vite.config.ts"), logLevel: "warn" });
  const pages = await startStaticServer({ folder: join(cache, "dist"), port: 0 });
  const bench = new Bench({ ...options, cache, pageUrl: `${pages.url}/` });
  return {
    run: () => measure(bench, options),
    close: () => closeAll(bench, pages),
  };
}

async function measure(bench: Bench, options: RunBenchOptions): Promise<number> {
  const { only, say, root } = options;
  const machine = describeMachine(root);
  const startedAt = Date.now();
  const explaining = new Map(details);
  explaining.set("synapse", {
    title: "Synapse",
    measure: (given) => measureSynapse(given, options.synapsePython),
  });

  const failures: string[] = [];
  const collect = async (from: ReadonlyMap<string, Figure>): Promise<Row[]> => {
    const rows: Row[] = [];
    for (const [name, figure] of from) {
      if (!only.includes(name)) continue;
      say(`${figure.title} …`);
      try {
        rows.push(...(await figure.measure(bench)));
      } catch (error) {
        if (bench.isClosed) throw error;
        // The others are worth having all the same; the exit code tells.
        const message = error instanceof Error ? error.message : String(error);
        failures.push(`${name}: ${message}`);
        say(`  failed: ${message}`);
      }
    }
    return rows;
  };
  const rows = await collect(figures);
  const detailRows = await collect(explaining);

  const minutes = (Date.now() - startedAt) / 60_000;
  const result = {
    machine: { ...machine, chromium: bench.chromiumVersion },
    options: { only, rounds: options.rounds, sizes: options.sizes },
    minutes,
    figures: rows.map((row) => ({ ...row, met: judge(row) })),
    details: detailRows,
    failures,
    runs: bench.records,
  };
  const name = options.out ?? machine.date.replaceAll(/[:.]/g, "-");
  const path = join(root, "bench", "results", `${name}.json`);
  await mkdir(join(root, "bench", "results"), { recursive: true });
  await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);

  const { cores, processor, memoryGb, load, node, matrixJsSdk } = machine;
  say(
    `\n${cores} cores (${processor}), ${memoryGb} GB, load ${load.toFixed(2)} at the start, Node ${node}, Chromium ${bench.chromiumVersion}, matrix-js-sdk ${matrixJsSdk}`,
  );
  if (rows.length > 0) say(`\n${formatTable(rows)}`);
  if (detailRows.length > 0) say(`\nDetails\n\n${formatTable(detailRows)}`);
  const disturbed = foreignShare(bench.records, cores);
  if (disturbed !== null) {
    say(`\nOther programs took ${Math.round(disturbed * 100)} % of the processors meanwhile.`);
  }
  for (const failure of failures) say(`\nNot measured: ${failure}`);
  say(`\n${minutes.toFixed(1)} minutes. Everything is in bench/results/${name}.json.`);
  return failures.length === 0 ? 0 : 1;
}

/** The share of the processors that went to other programs during the runs. */
function foreignShare(records: readonly RunRecord[], cores: number): number | null {
  let foreign = 0;
  let available = 0;
  for (const { usage, run } of records) {
    if (usage === null) continue;
    foreign += usage.foreignCpuMs;
    available += run.ms * cores;
  }
  return ratio(foreign, available);
}

async function closeAll(bench: Bench, pages: StaticServer): Promise<void> {
  await bench.close();
  await pages.close();
}
