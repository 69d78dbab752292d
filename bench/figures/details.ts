import type { Bench } from "../lib/Bench.ts";
import { usualPlan, type RunPlan } from "../lib/plan.ts";
import { row, type Row } from "../lib/rows.ts";
import { median, spread } from "../lib/statistics.ts";
import type { StepTimes } from "../page/benchApi.ts";
import { keys, keysPerSecond, numbers } from "./figure.ts";

/** Where the time of one key goes: each step alone, on the page's thread. */
export async function measureSteps(bench: Bench): Promise<readonly Row[]> {
  const { small } = bench.options.sizes;
  const backend = await bench.backend(small);
  const runs: StepTimes[] = [];
  for (let round = 1; round <= bench.options.rounds; round++) {
    const session = await backend.newSession({ encryptedStore: true });
    runs.push(
      await bench.withBrowser(async (browser) => {
        const { page } = await browser.openPage(session);
        return page.evaluate((count) => window.bench.measureSteps(count), Math.min(small, 2_000));
      }),
    );
    bench.say(`  steps alone (round ${round} of ${bench.options.rounds})`);
  }
  const step = (figure: string, read: (times: StepTimes) => number): Row => {
    const values = runs.map(read);
    return row(`per key: ${figure}`, "µs", { value: median(values), spread: spread(values) });
  };
  return [
    step("splitting the stream", (times) => times.split),
    step("JSON.parse of the whole, as the SDK", (times) => times.parseWhole),
    step("decryption in WebAssembly, one thread", (times) => times.decryptWasm),
    step("decryption by WebCrypto, asked from one thread", (times) => times.decryptWebCrypto),
    step("import, store in memory", (times) => times.importMemory),
    step("import, IndexedDB", (times) => times.importIndexedDb),
    step("of that the browser's storage", (times) => times.importIndexedDb - times.importMemory),
    step("a bare put of such a row", (times) => times.put),
  ];
}

/** Our rate when one thing is done otherwise; the baseline is the usual way. */
async function vary(
  bench: Bench,
  variants: readonly { readonly label: string; readonly change: Partial<RunPlan> }[],
): Promise<readonly Row[]> {
  const { small } = bench.options.sizes;
  const usual = usualPlan("ours", small);
  const plans = [usual, ...variants.map(({ change }) => ({ ...usual, ...change }))];
  const [baseline = [], ...others] = await bench.runs(plans);
  return others.map((records, index) => {
    const values = numbers(records, keysPerSecond);
    return row(`${variants[index]?.label ?? ""}, ${keys(small)}`, "keys/s", {
      value: median(values),
      baseline: median(numbers(baseline, keysPerSecond)),
      spread: spread(values),
    });
  });
}

/** Both sides on a store that is not encrypted, beside the usual encrypted one. */
export async function measureStorageKey(bench: Bench): Promise<readonly Row[]> {
  const { small } = bench.options.sizes;
  const ours = await vary(bench, [
    { label: "ours without a storage key", change: { encryptedStore: false } },
  ]);
  const [plain = [], usual = []] = await bench.runs([
    { ...usualPlan("sdk", small), encryptedStore: false },
    usualPlan("sdk", small),
  ]);
  const values = numbers(plain, keysPerSecond);
  return [
    ...ours,
    row(`SDK without a storage key, ${keys(small)}`, "keys/s", {
      value: median(values),
      baseline: median(numbers(usual, keysPerSecond)),
      spread: spread(values),
    }),
  ];
}

/** One, two and four decrypt workers. */
export function measureWorkers(bench: Bench): Promise<readonly Row[]> {
  return vary(
    bench,
    [1, 2, 4].map((workers) => ({ label: `${workers} decrypt workers`, change: { workers } })),
  );
}

/** WebAssembly and WebCrypto. */
export function measureDecryptWith(bench: Bench): Promise<readonly Row[]> {
  return vary(
    bench,
    (["wasm", "webcrypto"] as const).map((decryptWith) => ({
      label: `decrypting with ${decryptWith}`,
      change: { decryptWith },
    })),
  );
}
