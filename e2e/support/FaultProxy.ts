import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";

/** What happens to one request for the backup's keys instead of the plain answer. */
export type Fault =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly type: string;
      readonly body: string;
    }
  /** The connection is cut before anything is answered. */
  | { readonly kind: "reset" }
  /** The answer is cut after a share of its bytes. */
  | { readonly kind: "cut"; readonly share: number }
  /** The answer stops after a share of its bytes, until `release` or `cutHeld` is called. */
  | { readonly kind: "hold"; readonly share: number };

interface HeldChange {
  /** Of the method and the path with its query. */
  readonly of: RegExp;
  /** Changes until it is held, this one counted. */
  left: number;
  readonly held: (passOn: () => void) => void;
}

interface Freeze {
  /** Of the method and the path with its query. */
  readonly of: RegExp;
  /** Changes until it happens, this one counted. */
  left: number;
  readonly reaches: boolean;
  readonly happened: (change: string) => void;
}

/** An answer to every request that matches. The preflight requests of browsers go through. */
export interface FaultRule {
  readonly matches: (method: string, path: string) => boolean;
  readonly answer: Extract<Fault, { kind: "answer" }>;
}

/** A homeserver with a network in front of it that fails as it is told. */
export class FaultProxy {
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #faults: Fault[] = [];
  readonly #held = new Map<ServerResponse, () => void>();
  #heldChange: HeldChange | null = null;
  #freeze: Freeze | null = null;
  #frozen = false;
  /** Connections on which something was left unanswered. */
  readonly #stuck = new Set<Socket>();
  readonly #rules = new Set<FaultRule>();
  /** Changes that reached this proxy below /room_keys, as "METHOD path". */
  readonly keyChanges: string[] = [];
  /** Paths asked for below /room_keys/keys, with their queries. */
  readonly keyRequests: string[] = [];

  private constructor(target: URL, server: Server) {
    this.#target = target;
    this.#server = server;
  }

  /** Starts in front of `homeserver`, on a free port of this computer. */
  static async start(homeserver: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(new URL(homeserver), server);
    server.on("request", (request, response) => proxy.#forward(request, response));
    server.on("connection", (socket) => {
      proxy.#sockets.add(socket);
      socket.on("close", () => proxy.#sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next downloads of the whole backup meet these, one each; those after them go through. */
  failWith(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }

  /** Requests that match are answered so, until the returned function is called. */
  answerWith(rule: FaultRule): () => void {
    this.#rules.add(rule);
    return () => void this.#rules.delete(rule);
  }

  /** Lets the answers go on that are held back. */
  release(): void {
    for (const goOn of this.#held.values()) goOn();
    this.#held.clear();
  }

  /** Cuts the answers that are held back where they stand. */
  cutHeld(): void {
    for (const response of this.#held.keys()) response.destroy();
    this.#held.clear();
  }

  /**
   * Keeps the n-th such change from now on from the homeserver; all else goes through. Resolves when it
   * has come, with the function that passes it on.
   */
  holdChange(options: { readonly of: RegExp; readonly nth: number }): Promise<() => void> {
    return new Promise((held) => {
      this.#heldChange = { of: options.of, left: options.nth, held };
    });
  }

  /**
   * Stands still at the n-th of such changes of backup, identity or account data from now on: it is passed on
   * or not, and it is not answered, nor is anything after it until `thaw`. Resolves with the change
   * when the homeserver has done it, or when it was swallowed.
   */
  freezeAtChange(options: {
    readonly of: RegExp;
    readonly nth: number;
    readonly reaches: boolean;
  }): Promise<string> {
    return new Promise((happened) => {
      this.#freeze = { of: options.of, left: options.nth, reaches: options.reaches, happened };
    });
  }

  /**
   * Answers again. What was left unanswered is cut off: a browser does not let go of a preflight
   * request whose page has crashed, and with six of them it sends nothing more to this address.
   */
  thaw(): void {
    this.#freeze = null;
    this.#frozen = false;
    for (const socket of this.#stuck) socket.destroy();
    this.#stuck.clear();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "/";
    const isWhole = request.method === "GET" && path.includes("/room_keys/keys?");
    if (request.method === "GET" && path.includes("/room_keys/keys")) this.keyRequests.push(path);
    const method = request.method ?? "GET";
    if (!["GET", "HEAD", "OPTIONS"].includes(method) && path.includes("/room_keys/")) {
      this.keyChanges.push(`${method} ${path}`);
    }
    const rule = [...this.#rules].find((one) => one.matches(method, path));
    const fault = rule?.answer ?? (isWhole ? this.#faults.shift() : undefined);
    if (fault?.kind === "reset") {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === "answer") {
      response.writeHead(fault.status, {
        "Content-Type": fault.type,
        "Access-Control-Allow-Origin": "*",
      });
      response.end(fault.body);
      return;
    }
    if (this.#frozen) {
      this.#stuck.add(request.socket);
      return;
    }
    const frozen = this.#freezesAt(request.method ?? "GET", path);
    if (frozen !== null) this.#stuck.add(request.socket);
    if (frozen !== null && !frozen.reaches) {
      request.resume();
      request.on("end", () => frozen.happened(`${request.method} ${path}`));
      return;
    }
    const held = this.#holds(method, path);
    if (held === null) this.#passOn(request, response, fault, frozen);
    else held(() => this.#passOn(request, response, fault, null));
  }

  #passOn(
    request: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
    frozen: Freeze | null,
  ): void {
    const path = request.url ?? "/";
    const { hostname, port } = this.#target;
    const onward = httpRequest(
      { hostname, port, path, method: request.method, headers: request.headers },
      (answer) => {
        if (frozen === null) {
          void this.#answer(answer, response, fault);
          return;
        }
        answer.resume();
        answer.on("end", () => frozen.happened(`${request.method} ${path}`));
      },
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  #holds(method: string, path: string): HeldChange["held"] | null {
    const change = this.#heldChange;
    if (change?.of.test(`${method} ${decodeURIComponent(path)}`) !== true) return null;
    change.left -= 1;
    if (change.left > 0) return null;
    this.#heldChange = null;
    return change.held;
  }

  #freezesAt(method: string, path: string): Freeze | null {
    const isChange =
      ["PUT", "POST", "DELETE"].includes(method) &&
      /\/account_data\/|\/room_keys\/|\/device_signing\//.test(path);
    const freeze = this.#freeze;
    if (!isChange || freeze?.of.test(`${method} ${decodeURIComponent(path)}`) !== true) return null;
    freeze.left -= 1;
    if (freeze.left > 0) return null;
    this.#frozen = true;
    return freeze;
  }

  async #answer(
    answer: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
  ): Promise<void> {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (fault?.kind !== "cut" && fault?.kind !== "hold") {
      answer.pipe(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const border = Math.floor(body.length * fault.share);
    response.write(body.subarray(0, border));
    if (fault.kind === "cut") {
      // Only what was handed to the network counts as sent.
      setImmediate(() => response.destroy());
      return;
    }
    await new Promise<void>((resolve) => this.#held.set(response, resolve));
    response.end(body.subarray(border));
  }
}
