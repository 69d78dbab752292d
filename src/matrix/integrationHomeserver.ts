import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { inject } from "vitest";

/** One request as the homeserver got it. The path is without `/_matrix/client/v3` and the query. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** The access token. */
  readonly token: string;
}

/** How a request is answered instead of being passed on. */
export interface Fault {
  readonly matches: (request: SeenRequest) => boolean;
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Pass it on first, then answer so: an answer that got lost. */
  readonly afterwards?: boolean;
  /** How often; for ever unless told. */
  readonly times?: number;
}

/** The real Synapse of the test run behind a proxy that keeps a record and can fail requests. */
export interface Homeserver {
  /** The proxy; clients talk to this. */
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Starts a new record; the old array keeps what it has. */
  startRecord(): void;
  /** Adds a fault; the returned function takes it away. */
  fail(fault: Fault): () => void;
  /** Makes an account with a name of its own; answers with the user id. */
  register(password: string): Promise<string>;
  /** Signs in without ever publishing keys, as a script does. */
  loginOnly(userId: string, password: string, deviceName: string): Promise<void>;
  /** Keeps matching requests waiting until the returned function is called. */
  hold(matches: (request: SeenRequest) => boolean): () => void;
  stop(): Promise<void>;
}

export async function startHomeserver(): Promise<Homeserver> {
  const directUrl = inject("synapseUrl");
  const faults: { fault: Fault; left: number }[] = [];
  const holds = new Set<{ matches: Fault["matches"]; until: Promise<void> }>();
  let seen: SeenRequest[] = [];

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const url = new URL(incoming.url ?? "/", directUrl);
    const request: SeenRequest = {
      method: incoming.method ?? "GET",
      path: decodeURIComponent(url.pathname.replace("/_matrix/client/v3", "")),
      body: body.toString(),
      token: incoming.headers.authorization?.replace("Bearer ", "") ?? "",
    };
    seen.push(request);
    for (const { matches, until } of holds) if (matches(request)) await until;
    const armed = faults.find(({ fault, left }) => left > 0 && fault.matches(request));
    if (armed !== undefined) armed.left -= 1;
    if (armed === undefined || armed.fault.afterwards === true) {
      const answer = await fetch(url, {
        method: request.method,
        headers: headersOf(incoming),
        ...(body.length === 0 ? {} : { body }),
      });
      const text = Buffer.from(await answer.arrayBuffer());
      if (armed === undefined) {
        const type = answer.headers.get("content-type") ?? "application/json";
        outgoing.writeHead(answer.status, { "content-type": type, "content-length": text.length });
        outgoing.end(text);
        return;
      }
    }
    outgoing.writeHead(armed.fault.status, {
      "content-type": "application/json",
      ...armed.fault.headers,
    });
    outgoing.end(armed.fault.body);
  }

  const proxy = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  return {
    url: `http://127.0.0.1:${address.port}`,
    get seen() {
      return seen;
    },
    startRecord() {
      seen = [];
    },
    fail(fault) {
      const armed = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.push(armed);
      return () => {
        armed.left = 0;
      };
    },
    hold(matches) {
      const { promise: until, resolve } = Promise.withResolvers<void>();
      const held = { matches, until };
      holds.add(held);
      return () => {
        holds.delete(held);
        resolve();
      };
    },
    async register(password) {
      const username = `user-${crypto.randomUUID()}`;
      const answer = await fetch(`${directUrl}/_matrix/client/v3/register`, {
        method: "POST",
        body: JSON.stringify({ username, password, auth: { type: "m.login.dummy" } }),
      });
      if (!answer.ok) throw new Error(`registering failed: ${answer.status}`);
      return `@${username}:localhost`;
    },
    async loginOnly(userId, password, deviceName) {
      const answer = await fetch(`${directUrl}/_matrix/client/v3/login`, {
        method: "POST",
        body: JSON.stringify({
          type: "m.login.password",
          identifier: { type: "m.id.user", user: userId },
          password,
          initial_device_display_name: deviceName,
        }),
      });
      if (!answer.ok) throw new Error(`signing in failed: ${answer.status}`);
    },
    async stop() {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of ["authorization", "content-type", "accept"]) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}
