import type { Bench } from "../lib/Bench.ts";
import { usualPlan } from "../lib/plan.ts";
import { row, type Row, type Target } from "../lib/rows.ts";
import { median, spread } from "../lib/statistics.ts";
import { keys, numbers } from "./figure.ts";

const BITS_PER_SECOND = 10_000_000;
const linkTarget: Target = { of: "ratio", better: "less", atLeast: 1.1, aim: 1.02 };

/** The whole restore on a slow link, beside the bare download of the same bytes in the same page. */
export async function measureLink(bench: Bench): Promise<readonly Row[]> {
  const { small } = bench.options.sizes;
  const plans = (["ours", "sdk"] as const).map((side) => ({
    ...usualPlan(side, small),
    link: BITS_PER_SECOND,
  }));
  const bare: number[] = [];
  for (let round = 1; round <= bench.options.rounds; round++) {
    await bench.runs(plans, round);
    bare.push(await download(bench, small));
  }
  const [ours = [], sdk = []] = await bench.runs(plans);
  const baseline = median(bare);
  const seconds = numbers(ours, ({ run }) => run.ms / 1_000);
  const sdkSeconds = numbers(sdk, ({ run }) => run.ms / 1_000);
  const label = `at ${BITS_PER_SECOND / 1e6} Mbit/s / bare download, ${keys(small)}`;
  return [
    row(
      `ours ${label}`,
      "s",
      { value: median(seconds), baseline, spread: spread(seconds) },
      linkTarget,
    ),
    row(`SDK ${label}`, "s", { value: median(sdkSeconds), baseline, spread: spread(sdkSeconds) }),
  ];
}

async function download(bench: Bench, count: number): Promise<number> {
  const backend = await bench.backend(count);
  const session = await backend.newSession({ encryptedStore: true });
  return bench.withBrowser(async (browser) => {
    const { page } = await browser.openPage(session);
    backend.setLink(BITS_PER_SECOND);
    const { ms } = await page.evaluate(() => window.bench.download());
    backend.setLink(null);
    bench.say(`  bare download: ${(ms / 1_000).toFixed(2)} s`);
    return ms / 1_000;
  });
}
