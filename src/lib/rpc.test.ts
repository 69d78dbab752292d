import { describe, expect, it } from "vitest";
import { ManualClock } from "@/testing/ManualClock";
import { RpcWorker, serveRpc, WorkerLost, WorkerRefused, type RpcRequest } from "./rpc";

/** A worker that does nothing but what a test makes it do. */
class IdleWorker extends EventTarget implements Worker {
  readonly posted: RpcRequest<string>[] = [];
  terminated = 0;
  onmessage = null;
  onmessageerror = null;
  onerror = null;

  postMessage(message: RpcRequest<string>): void {
    this.posted.push(structuredClone(message));
  }

  terminate(): void {
    this.terminated++;
  }

  reply(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function setUp() {
  const worker = new IdleWorker();
  const clock = new ManualClock();
  const rpc = new RpcWorker<string, string>(worker, { silenceMs: 1000, clock });
  return { worker, clock, rpc };
}

describe("calls to a worker", () => {
  it("match answers to calls by number, in any order", async () => {
    const { worker, rpc } = setUp();
    const calls = Promise.all([rpc.call("a"), rpc.call("b")]);
    const [a, b] = worker.posted;
    worker.reply({ id: b?.id, ok: true, answer: "B" });
    worker.reply({ id: a?.id, ok: true, answer: "A" });
    worker.reply({ id: 99, ok: true, answer: "nobody asked" });
    expect(await calls).toEqual(["A", "B"]);
    expect(rpc.waiting).toBe(0);
  });

  it("reject with the name of what the handler threw", async () => {
    const { worker, rpc } = setUp();
    const call = rpc.call("a");
    worker.reply({ id: worker.posted[0]?.id, ok: false, problem: "RangeError" });
    await expect(call).rejects.toThrow(WorkerRefused);
    expect(rpc.isLost).toBe(false);
  });

  it.each(["error", "messageerror"])("all reject when the worker reports %s", async (type) => {
    const { worker, rpc } = setUp();
    const calls = Promise.allSettled([rpc.call("a"), rpc.call("b")]);
    worker.dispatchEvent(new Event(type, { cancelable: true }));
    for (const call of await calls) {
      expect(call).toMatchObject({ status: "rejected", reason: expect.any(WorkerLost) });
    }
    expect(worker.terminated).toBe(1);
    await expect(rpc.call("c")).rejects.toThrow(WorkerLost);
    expect(worker.posted).toHaveLength(2);
  });

  it("reject when the worker says nothing for too long, counted from its last answer", async () => {
    const { worker, clock, rpc } = setUp();
    const calls = Promise.allSettled([rpc.call("a"), rpc.call("b")]);
    clock.advance(999);
    worker.reply({ id: worker.posted[0]?.id, ok: true, answer: "A" });
    clock.advance(999);
    expect(worker.terminated).toBe(0);
    clock.advance(1);
    expect((await calls).map((call) => call.status)).toEqual(["fulfilled", "rejected"]);
    expect(worker.terminated).toBe(1);
  });

  it("leave an idle worker alone, however long", async () => {
    const { worker, clock, rpc } = setUp();
    const call = rpc.call("a");
    worker.reply({ id: worker.posted[0]?.id, ok: true, answer: "A" });
    await call;
    clock.advance(1_000_000);
    expect(worker.terminated).toBe(0);
  });

  it("reject when the caller closes the worker", async () => {
    const { worker, rpc } = setUp();
    const call = rpc.call("a");
    rpc.close();
    rpc.close();
    await expect(call).rejects.toThrow(WorkerLost);
    expect(worker.terminated).toBe(1);
  });
});

describe("serving calls", () => {
  it("answers one after the other and survives a handler that throws", async () => {
    const { port1, port2 } = new MessageChannel();
    const log: string[] = [];
    serveRpc<string, string>(port2, async (request) => {
      log.push(`begin ${request}`);
      await Promise.resolve();
      log.push(`end ${request}`);
      if (request === "bad") {
        throw new RangeError("secret words");
      }
      return request.toUpperCase();
    });
    port2.start();
    const replies: unknown[] = [];
    const { promise: done, resolve } = Promise.withResolvers<void>();
    port1.addEventListener("message", (event: MessageEvent<unknown>) => {
      replies.push(event.data);
      if (replies.length === 2) {
        resolve();
      }
    });
    port1.start();
    port1.postMessage({ id: 1, request: "bad" });
    port1.postMessage({ id: 2, request: "good" });
    await done;
    port1.close();
    expect(replies).toEqual([
      { id: 1, ok: false, problem: "RangeError" },
      { id: 2, ok: true, answer: "GOOD" },
    ]);
    expect(log).toEqual(["begin bad", "end bad", "begin good", "end good"]);
  });
});
