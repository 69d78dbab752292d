import type { Clock } from "./clock";

/** A request on its way to a worker. */
export interface RpcRequest<Q> {
  readonly id: number;
  readonly request: Q;
}

/** A worker's answer. `problem` is the error's name: its text could quote what was worked on. */
export type RpcReply<A> =
  | { readonly id: number; readonly ok: true; readonly answer: A }
  | { readonly id: number; readonly ok: false; readonly problem: string };

/** The worker is gone, broken or silent; every call on it is over. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** The worker is alive, but its handler threw. */
export class WorkerRefused extends Error {
  override readonly name = "WorkerRefused";
}

interface Pending<A> {
  readonly resolve: (answer: A) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Typed calls to one worker that can never hang: when the worker reports an error, posts what
 * cannot be read, or says nothing for `silenceMs` while a call waits, it is terminated and every
 * waiting call rejects with WorkerLost.
 */
export class RpcWorker<Q, A> {
  readonly #worker: Worker;
  readonly #silenceMs: number;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending<A>>();
  #nextId = 1;
  #lost: WorkerLost | null = null;
  #cancelWatch: (() => void) | null = null;

  constructor(worker: Worker, options: { readonly silenceMs: number; readonly clock: Clock }) {
    this.#worker = worker;
    this.#silenceMs = options.silenceMs;
    this.#clock = options.clock;
    worker.addEventListener("message", (event: MessageEvent<RpcReply<A>>) => {
      this.#onReply(event.data);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#lose("the worker failed");
    });
    worker.addEventListener("messageerror", () => {
      this.#lose("the worker's message could not be read");
    });
  }

  /** Calls waiting for an answer. */
  get waiting(): number {
    return this.#pending.size;
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Posts a copy of `request`. Rejects with WorkerRefused or WorkerLost. */
  call(request: Q): Promise<A> {
    if (this.#lost !== null) {
      return Promise.reject(this.#lost);
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      if (this.#pending.size === 1) {
        this.#watch();
      }
      const message: RpcRequest<Q> = { id, request };
      // Nothing is transferred: the caller keeps its bytes for another try.
      this.#worker.postMessage(message, []);
    });
  }

  /** Terminates the worker; waiting calls reject with WorkerLost. Safe to call twice. */
  close(): void {
    this.#lose("the worker was closed");
  }

  #onReply(reply: RpcReply<A>): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) {
      return;
    }
    this.#pending.delete(reply.id);
    this.#watch();
    if (reply.ok) {
      pending.resolve(reply.answer);
    } else {
      pending.reject(new WorkerRefused(reply.problem));
    }
  }

  /** Starts the silence watch anew, or ends it when nothing waits. */
  #watch(): void {
    this.#cancelWatch?.();
    this.#cancelWatch =
      this.#pending.size === 0
        ? null
        : this.#clock.startTimer(this.#silenceMs, () => {
            this.#lose("the worker did not answer");
          });
  }

  #lose(why: string): void {
    if (this.#lost !== null) {
      return;
    }
    const lost = new WorkerLost(why);
    this.#lost = lost;
    this.#cancelWatch?.();
    this.#worker.terminate();
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of waiting) {
      pending.reject(lost);
    }
  }
}

/** The part of a dedicated worker's global scope that serving needs. */
export interface RpcScope {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** Answers calls inside a worker, one after the other, in the order they came. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- callers name the handler's types once, here they type the messages
export function serveRpc<Q, A>(scope: RpcScope, handle: (request: Q) => Promise<A>): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, request }: RpcRequest<Q>): Promise<void> => {
    let reply: RpcReply<A>;
    try {
      reply = { id, ok: true, answer: await handle(request) };
    } catch (error) {
      reply = { id, ok: false, problem: error instanceof Error ? error.name : "unknown" };
    }
    scope.postMessage(reply, []);
  };
  scope.addEventListener("message", (event: MessageEvent<RpcRequest<Q>>) => {
    last = last.then(() => answer(event.data));
  });
}
