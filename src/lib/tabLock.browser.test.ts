import { afterEach, expect, it } from "vitest";
import { withoutWebLocks } from "@/testing/withoutWebLocks";
import {
  acquireTabLock,
  takeOverTabLock,
  watchTabLock,
  type TabLock,
  type TabLockNews,
} from "./tabLock";

const held: TabLock[] = [];
let name = "";
let count = 0;

afterEach(() => {
  for (const lock of held.splice(0)) lock.release();
});

const ignore = { onTakeOver: () => Promise.resolve() };

async function acquire(onTakeOver = ignore.onTakeOver): Promise<TabLock | null> {
  return note(await acquireTabLock(name, { onTakeOver }));
}

function note(lock: TabLock | null): TabLock | null {
  if (lock !== null) held.push(lock);
  return lock;
}

function freshName(): void {
  count += 1;
  name = `lock-${count}`;
}

it("is held once at a time", async () => {
  freshName();
  const first = await acquire();
  expect(first).not.toBeNull();
  expect(await acquire()).toBeNull();
  first?.release();
  first?.release();
  await expect.poll(() => acquire()).not.toBeNull();
});

it("is held without a way to talk to other tabs, which then have to be closed", async () => {
  freshName();
  const talking = globalThis.BroadcastChannel;
  Reflect.deleteProperty(globalThis, "BroadcastChannel");
  try {
    const first = await acquire();
    expect(first).not.toBeNull();
    expect(await acquire()).toBeNull();
    const short = { ...ignore, timeoutMs: 50 };
    expect(await takeOverTabLock(name, short)).toBeNull();
    const news: TabLockNews[] = [];
    const stop = watchTabLock(name, (heard) => news.push(heard), 10);
    await expect.poll(() => news).toContainEqual({ kind: "held", status: null });
    first?.release();
    await expect.poll(() => news).toContainEqual({ kind: "free" });
    stop();
    expect(note(await takeOverTabLock(name, short))).not.toBeNull();
  } finally {
    globalThis.BroadcastChannel = talking;
  }
});

it("is handed over only after the holder has stopped", async () => {
  freshName();
  const order: string[] = [];
  let stopped: () => void = () => undefined;
  await acquire(async () => {
    order.push("asked");
    await new Promise<void>((resolve) => (stopped = resolve));
    order.push("stopped");
  });
  const taking = takeOverTabLock(name, ignore).then((lock) => {
    order.push("taken");
    return note(lock);
  });
  await expect.poll(() => order).toEqual(["asked"]);
  expect(await acquire()).toBeNull();
  stopped();
  expect(await taking).not.toBeNull();
  expect(order).toEqual(["asked", "stopped", "taken"]);
});

it("can be taken back", async () => {
  freshName();
  let firstLost = 0;
  let secondLost = 0;
  await acquire(() => Promise.resolve(void (firstLost += 1)));
  const second = await takeOverTabLock(name, {
    onTakeOver: () => Promise.resolve(void (secondLost += 1)),
  });
  expect(note(second)).not.toBeNull();
  expect(note(await takeOverTabLock(name, ignore))).not.toBeNull();
  expect([firstLost, secondLost]).toEqual([1, 1]);
});

it("is taken at once when nobody holds it any more", async () => {
  freshName();
  (await acquire())?.release();
  expect(note(await takeOverTabLock(name, ignore))).not.toBeNull();
});

it("is given up even when stopping fails", async () => {
  freshName();
  await acquire(() => Promise.reject(new Error("cannot stop")).catch(() => undefined));
  expect(note(await takeOverTabLock(name, ignore))).not.toBeNull();
});

it("is never stolen from a tab that does not answer", async () => {
  freshName();
  await acquire(() => new Promise(() => undefined));
  expect(await takeOverTabLock(name, { ...ignore, timeoutMs: 200 })).toBeNull();
  expect(await acquire()).toBeNull();
});

it("is freed by a context that goes away", async () => {
  freshName();
  const script = `navigator.locks.request(${JSON.stringify(name)}, () => {
    postMessage("held");
    return new Promise(() => undefined);
  });`;
  const worker = new Worker(URL.createObjectURL(new Blob([script])));
  await new Promise((resolve) => worker.addEventListener("message", resolve));
  expect(await acquire()).toBeNull();
  worker.terminate();
  await expect.poll(() => acquire()).not.toBeNull();
});

it("tells those that wait what goes on, when the holder falls silent, and when nobody holds it", async () => {
  freshName();
  let status: unknown = { done: 1 };
  const lock = await acquireTabLock(name, {
    ...ignore,
    describe: () => status,
  });
  const heard: TabLockNews[] = [];
  const stop = watchTabLock(name, (news) => heard.push(news), 20);
  await expect.poll(() => heard.at(-1)).toEqual({ kind: "held", status: { done: 1 } });
  status = { done: 2 };
  await expect.poll(() => heard.at(-1)).toEqual({ kind: "held", status: { done: 2 } });
  lock?.release();
  await expect.poll(() => heard.at(-1)).toEqual({ kind: "free" });
  const silent = await acquireTabLock(name, ignore);
  await expect.poll(() => heard.at(-1)).toEqual({ kind: "held", status: null });
  stop();
  const { length } = heard;
  silent?.release();
  await expect.poll(() => acquire()).not.toBeNull();
  expect(heard).toHaveLength(length);
});

it("is given to nobody where the browser has no Web Locks", async () => {
  freshName();
  const locks = withoutWebLocks();
  try {
    expect(await acquire()).toBeNull();
    expect(await takeOverTabLock(name, { ...ignore, timeoutMs: 200 })).toBeNull();
  } finally {
    locks.restore();
  }
  expect(await acquire()).not.toBeNull();
});
