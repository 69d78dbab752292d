import {
  findProcesses,
  readBusyMs,
  readUsage,
  type BrowserProcess,
  type Usage,
} from "./processes.ts";

const SAMPLE_MS = 100;

/** What a restore took, beside time. Bytes and milliseconds. */
export interface RunUsage {
  /** The page's process, with its workers: signed in and at rest, after a collection. */
  readonly idleBytes: number;
  readonly peakBytes: number;
  readonly idleResidentBytes: number;
  readonly peakResidentBytes: number;
  /** The browser's own process, where IndexedDB lives. */
  readonly browserIdleBytes: number;
  readonly browserPeakBytes: number;
  readonly rendererCpuMs: number;
  readonly browserCpuMs: number;
  /** Network, GPU and helpers. */
  readonly otherCpuMs: number;
  /** All other programs on the machine meanwhile, but for the measuring script: a disturbed run. */
  readonly foreignCpuMs: number;
}

/**
 * Samples the browser's processes from now on; the answer ends it. Null where there is no /proc.
 * The page's process is the renderer that holds the most: a spare one has no crypto loaded.
 */
export function watchUsage(profile: string): (() => RunUsage) | null {
  const processes = findProcesses(profile);
  const renderer = largest(processes.filter(({ type }) => type === "renderer"));
  const browser = processes.find(({ type }) => type === "browser");
  if (renderer === null || browser === undefined) return null;
  const others = processes.filter(({ pid }) => pid !== renderer.pid && pid !== browser.pid);

  const before = { renderer: usageOf(renderer), browser: usageOf(browser), others: cpuOf(others) };
  const peak = { ...before };
  const busyBefore = readBusyMs() - ownCpuMs();
  const sample = (): void => {
    peak.renderer = higher(peak.renderer, usageOf(renderer));
    peak.browser = higher(peak.browser, usageOf(browser));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    sample();
    const busyMs = readBusyMs() - ownCpuMs() - busyBefore;
    const rendererCpuMs = peak.renderer.cpuMs - before.renderer.cpuMs;
    const browserCpuMs = peak.browser.cpuMs - before.browser.cpuMs;
    const otherCpuMs = cpuOf(others) - before.others;
    return {
      idleBytes: before.renderer.privateBytes,
      peakBytes: peak.renderer.privateBytes,
      idleResidentBytes: before.renderer.residentBytes,
      peakResidentBytes: peak.renderer.residentBytes,
      browserIdleBytes: before.browser.privateBytes,
      browserPeakBytes: peak.browser.privateBytes,
      rendererCpuMs,
      browserCpuMs,
      otherCpuMs,
      foreignCpuMs: Math.max(0, busyMs - rendererCpuMs - browserCpuMs - otherCpuMs),
    };
  };
}

const none: Usage = { cpuMs: 0, privateBytes: 0, residentBytes: 0 };

function usageOf({ pid }: BrowserProcess): Usage {
  return readUsage(pid) ?? none;
}

/** This process, which also serves the backup. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function cpuOf(processes: readonly BrowserProcess[]): number {
  return processes.reduce((total, process) => total + usageOf(process).cpuMs, 0);
}

function higher(a: Usage, b: Usage): Usage {
  return {
    cpuMs: Math.max(a.cpuMs, b.cpuMs),
    privateBytes: Math.max(a.privateBytes, b.privateBytes),
    residentBytes: Math.max(a.residentBytes, b.residentBytes),
  };
}

function largest(processes: readonly BrowserProcess[]): BrowserProcess | null {
  const [first] = processes.toSorted((a, b) => usageOf(b).privateBytes - usageOf(a).privateBytes);
  return first ?? null;
}
