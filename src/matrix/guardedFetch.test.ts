import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, MemoryStore } from "matrix-js-sdk";
import { afterEach, expect, test } from "vitest";
import { createGuardedFetch } from "./guardedFetch";
import { redactingLogger } from "./redactingLogger";
import { attempt } from "./toAppError";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const open = new AbortController().signal;

test.each([301, 302, 307, 308])(
  "the SDK carries no password to where a %i points, and the failure is one of the network",
  async (status) => {
    const received: string[] = [];
    const other = await serve((request, response) => {
      received.push(`${request.method} ${request.url}`);
      request.resume();
      response.end("{}");
    });
    const homeserver = await serve((request, response) => {
      request.resume();
      response.writeHead(status, { location: `${other}${request.url}` }).end();
    });
    const client = createClient({
      baseUrl: homeserver,
      userId: "@me:localhost",
      deviceId: "D",
      accessToken: "secret-token",
      store: new MemoryStore(),
      fetchFn: createGuardedFetch(open),
      logger: redactingLogger,
    });
    const auth = { type: "m.login.password", password: "secret", session: "s" };
    expect(await attempt(() => client.uploadDeviceSigningKeys(auth))).toMatchObject({
      ok: false,
      error: { kind: "network" },
    });
    expect(received).toEqual([]);
  },
);

test("a caller cannot ask for redirects to be followed", async () => {
  const received: string[] = [];
  const other = await serve((request, response) => {
    received.push(request.url ?? "");
    response.end("{}");
  });
  const url = await serve((_request, response) =>
    response.writeHead(307, { location: other }).end(),
  );
  await expect(createGuardedFetch(open)(url, { redirect: "follow" })).rejects.toThrow(TypeError);
  expect(received).toEqual([]);
});

test("an answer that does not redirect comes through, until the session is closed", async () => {
  const url = await serve((_request, response) => response.end("{}"));
  const closing = new AbortController();
  const guarded = createGuardedFetch(closing.signal);
  expect((await guarded(url)).status).toBe(200);
  closing.abort();
  await expect(guarded(url)).rejects.toThrow(/abort/i);
});
