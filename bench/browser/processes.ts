import { readdirSync, readFileSync } from "node:fs";

/** One process of a browser, from /proc. */
export interface BrowserProcess {
  readonly pid: number;
  /** As in `--type=renderer`; "browser" for the first one. */
  readonly type: string;
}

/** What a process has used of the processors, and holds of memory, at one moment. */
export interface Usage {
  /** User and system time in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory that is not a mapped file: heaps, wasm, buffers. Bytes. */
  readonly privateBytes: number;
  readonly residentBytes: number;
}

/**
 * The processes of the browser that runs on the given profile; empty where there is no /proc.
 */
export function findProcesses(profile: string): BrowserProcess[] {
  const all = readAll();
  const first = all.find(
    ({ args }) => args.includes(`--user-data-dir=${profile}`) && typeOf(args) === null,
  );
  if (first === undefined) return [];
  const found: BrowserProcess[] = [{ pid: first.pid, type: "browser" }];
  // Grows while it is walked: children are found below their parents.
  for (const parent of found) {
    for (const { pid, ppid, args } of all) {
      if (ppid === parent.pid) found.push({ pid, type: typeOf(args) ?? "other" });
    }
  }
  return found;
}

/** Cheap enough to be asked ten times a second: the kernel keeps these counts ready. */
export function readUsage(pid: number): Usage | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const { utime, stime } = parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    return {
      // Ticks of 10 ms on every Linux that Chromium runs on.
      cpuMs: (utime + stime) * 10,
      privateBytes: kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem"),
      residentBytes: kilobytes(status, "VmRSS"),
    };
  } catch {
    return null;
  }
}

/** Processor time that all programs of the machine have taken together, in milliseconds. */
export function readBusyMs(): number {
  try {
    return parseBusyTicks(readFileSync("/proc/stat", "latin1")) * 10;
  } catch {
    return 0;
  }
}

/**
 * The first line of /proc/stat (proc(5)) without idle and waiting time. Time stolen by other guests
 * of the same host counts: it was not ours.
 */
export function parseBusyTicks(text: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    /^cpu\s+(.+)$/m.exec(text)?.[1] ?? ""
  )
    .split(" ")
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

/** The fields of /proc/PID/stat that are used (proc(5)); the name before them may hold anything. */
export function parseStat(text: string): { ppid: number; utime: number; stime: number } {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { ppid: Number(fields[1]), utime: Number(fields[11]), stime: Number(fields[12]) };
}

function kilobytes(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  return Number(match?.[1] ?? 0) * 1024;
}

interface RunningProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly args: readonly string[];
}

function readAll(): RunningProcess[] {
  let names: string[];
  try {
    names = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, "latin1").split(/[\0 ]/);
      const { ppid } = parseStat(readFileSync(`/proc/${name}/stat`, "latin1"));
      return [{ pid: Number(name), ppid, args }];
    } catch {
      // Ended meanwhile.
      return [];
    }
  });
}

function typeOf(args: readonly string[]): string | null {
  return args.find((arg) => arg.startsWith("--type="))?.slice("--type=".length) ?? null;
}
