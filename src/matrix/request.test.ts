import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createSessionRequests, sendForJson } from "./request";
import type { SessionRequests } from "./sessionContext";

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

function session(homeserverUrl: string): {
  requests: SessionRequests;
  close: () => void;
  signedOut: boolean[];
} {
  const closing = new AbortController();
  const signedOut: boolean[] = [];
  const requests = createSessionRequests({
    homeserverUrl,
    accessToken: "secret-token",
    closed: closing.signal,
    onSignedOut: (soft) => signedOut.push(soft),
  });
  return { requests, close: () => closing.abort(), signedOut };
}

describe("session requests", () => {
  it("send the token in the header only, and the query and body as given", async () => {
    const seen: { url?: string; authorization?: string; body: string; type?: string }[] = [];
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        seen.push({
          url: request.url ?? "",
          authorization: request.headers.authorization ?? "",
          body,
          type: request.headers["content-type"] ?? "",
        });
        response.end('{"version":"1"}');
      });
    });
    const { requests } = session(url);
    expect(
      await requests.request("POST", "/room_keys/version", {
        query: { a: "b c&d" },
        body: { x: 1 },
      }),
    ).toEqual({ ok: true, value: { version: "1" } });
    expect(seen).toEqual([
      {
        url: "/_matrix/client/v3/room_keys/version?a=b+c%26d",
        authorization: "Bearer secret-token",
        body: '{"x":1}',
        type: "application/json",
      },
    ]);
  });

  it.each([
    [
      404,
      '{"errcode":"M_NOT_FOUND","error":"No backup"}',
      { kind: "server", status: 404, errcode: "M_NOT_FOUND" },
    ],
    [404, "{}", { kind: "server", status: 404, errcode: null }],
    [404, "<html>", { kind: "not_matrix" }],
    [200, "<html>", { kind: "not_matrix" }],
    [200, '{"version":', { kind: "not_matrix" }],
    [200, "null", { kind: "not_matrix" }],
    [500, "<html>", { kind: "server", status: 500 }],
    [
      401,
      '{"errcode":"M_MISSING_TOKEN"}',
      { kind: "server", status: 401, errcode: "M_MISSING_TOKEN" },
    ],
    [401, '{"flows":[],"session":"x"}', { kind: "server", status: 401, errcode: null }],
  ])("tell %i %s apart", async (status, body, error) => {
    const url = await serve((_request, response) => response.writeHead(status).end(body));
    const { requests, signedOut } = session(url);
    expect(await requests.request("GET", "/x")).toMatchObject({ ok: false, error });
    expect(signedOut).toEqual([]);
  });

  it.each([true, false])("report a dead token (soft: %s)", async (soft) => {
    const url = await serve((_request, response) =>
      response
        .writeHead(401)
        .end(JSON.stringify({ errcode: "M_UNKNOWN_TOKEN", soft_logout: soft })),
    );
    const { requests, signedOut } = session(url);
    expect(await requests.request("GET", "/x")).toEqual({
      ok: false,
      error: { kind: "signed_out", soft },
    });
    expect(signedOut).toEqual([soft]);
  });

  it("give up when the head does not come", async () => {
    const url = await serve(() => undefined);
    const { requests } = session(url);
    expect(await requests.request("GET", "/x", { timeoutMs: 50 })).toMatchObject({
      ok: false,
      error: { kind: "timeout" },
    });
    expect(await requests.requestStream("GET", "/x", { timeoutMs: 50 })).toMatchObject({
      ok: false,
      error: { kind: "timeout" },
    });
  });

  it("give up when the body stalls", async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('{"a":'));
    const { requests } = session(url);
    expect(await requests.request("GET", "/x", { timeoutMs: 80 })).toMatchObject({
      ok: false,
      error: { kind: "timeout" },
    });
  });

  it("call a cut body a network error", async () => {
    const url = await serve((_request, response) => {
      response
        .writeHead(200, { "content-length": "100" })
        .write('{"a":1', () => response.destroy());
    });
    const { requests } = session(url);
    expect(await requests.request("GET", "/x")).toMatchObject({
      ok: false,
      error: { kind: "network" },
    });
  });

  it("are closed by the session and by the caller, before and during a call", async () => {
    const url = await serve(() => undefined);
    const { requests, close } = session(url);
    const caller = new AbortController();
    const byCaller = requests.request("GET", "/x", { signal: caller.signal });
    caller.abort();
    expect(await byCaller).toEqual({ ok: false, error: { kind: "closed" } });
    const bySession = requests.requestStream("GET", "/x");
    close();
    expect(await bySession).toEqual({ ok: false, error: { kind: "closed" } });
    expect(await requests.request("GET", "/x")).toEqual({ ok: false, error: { kind: "closed" } });
  });

  it("hand a stream over and cut it when the session is closed", async () => {
    const url = await serve((_request, response) => response.writeHead(200).write("first"));
    const { requests, close } = session(url);
    // Shorter than the reading below takes to be cut: the limit is for the head alone.
    const answer = await requests.requestStream("GET", "/x", { timeoutMs: 5_000 });
    if (!answer.ok || answer.value.body === null) throw new Error("no stream");
    const reader = answer.value.body.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
    const next = reader.read();
    close();
    await expect(next).rejects.toThrow(/abort/i);
  });
});

/** An object of JSON with exactly so many bytes. */
function objectOf(bytes: number): string {
  return `{"a":"${"x".repeat(bytes - 8)}"}`;
}

describe("sendForJson", () => {
  const TOO_LARGE = { kind: "not_matrix", detail: "the answer is too large" };

  it.each([200, 400])("reads a body of %i up to its limit and no further", async (status) => {
    let size = 1000;
    const url = await serve((_request, response) => {
      response.writeHead(status).end(objectOf(size));
    });
    const send = () => sendForJson({ method: "GET", url: new URL(url), maxBytes: 1000 });
    expect(await send()).toMatchObject(
      status === 200 ? { ok: true } : { error: { kind: "server", status } },
    );
    size = 1001;
    expect(await send()).toEqual({ ok: false, error: TOO_LARGE });
  });

  it("gives up a body without end at 10 MB, and the request with it", async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const url = await serve((_request, response) => {
      response.on("close", end);
      const more = (): void => {
        while (response.write("x".repeat(1 << 16)));
      };
      response.writeHead(200);
      response.on("drain", more);
      more();
    });
    expect(await sendForJson({ method: "GET", url: new URL(url) })).toEqual({
      ok: false,
      error: TOO_LARGE,
    });
    await ended;
  });

  it("reads text that is cut in the middle of a letter", async () => {
    const text = Buffer.from('{"a":"é"}');
    const url = await serve((_request, response) => {
      response.writeHead(200);
      response.write(text.subarray(0, 7), () => setImmediate(() => response.end(text.subarray(7))));
    });
    expect(await sendForJson({ method: "GET", url: new URL(url) })).toEqual({
      ok: true,
      value: { a: "é" },
    });
  });

  it("does not carry a password to where a redirect points", async () => {
    const bodies: string[] = [];
    const other = await serve((request, response) => {
      bodies.push(request.url ?? "");
      response.end("{}");
    });
    const url = await serve((_request, response) =>
      response.writeHead(307, { location: other }).end(),
    );
    const answer = await sendForJson({
      method: "POST",
      url: new URL(url),
      body: { password: "p" },
    });
    expect(answer).toMatchObject({ ok: false, error: { kind: "network" } });
    expect(bodies).toEqual([]);
  });
});
