import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { chooseEncoding } from "./encodings.ts";
import { isMissingAddress, loopbackHosts, portProblem } from "./ports.mjs";
import { allowedMethods, cacheControl, securityHeaders, unkept } from "./securityHeaders.ts";
import { StaticFiles, fileFromBytes } from "./staticFiles.ts";
import type { StaticFile } from "./staticFiles.ts";

export interface StaticServerOptions {
  /** The folder of the production build. */
  readonly folder: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Files that take the place of the folder's, by URL path, as in {"/config.json": "{}"}. */
  readonly overrides?: Readonly<Record<string, string>>;
}

export interface StaticServer {
  /** As in "http://localhost:4173", without a slash at the end. */
  readonly url: string;
  /** Stops listening and ends open connections. */
  close(): Promise<void>;
}

/**
 * Serves a production build on this machine's loopback addresses with the security headers on
 * every response. Connections to homeservers on http loopback are allowed; all else is as
 * deployed.
 * @throws SetUpError when the port cannot be had
 */
export async function startStaticServer(options: StaticServerOptions): Promise<StaticServer> {
  const files = new StaticFiles(options.folder);
  const overrides = new Map<string, StaticFile>(
    Object.entries(options.overrides ?? {}).map(([path, text]) => [
      path,
      fileFromBytes(path, Buffer.from(text)),
    ]),
  );
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response, async (path) => overrides.get(path) ?? files.find(path)).catch(
      (error: unknown) => {
        console.error(error);
        if (response.headersSent) response.destroy();
        else sendText(request, response, 500, "The server failed. Its terminal says why.\n");
      },
    );
  };
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  let port = options.port;
  for (const host of loopbackHosts) {
    const server = createServer(answer).on("clientError", refuse);
    try {
      port = await listen(server, port, host);
      servers.push(server);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
      // Without IPv6 the IPv4 address alone is enough for "localhost".
      if (servers.length > 0 && isMissingAddress(code)) continue;
      await close();
      throw portProblem({ code, port, use: "the dashboard", option: "--port" });
    }
  }
  return { url: `http://localhost:${port}`, close };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  find: (path: string) => Promise<StaticFile | null>,
): Promise<void> {
  if (!allowedMethods.some((method) => method === request.method)) {
    response.setHeader("Allow", allowedMethods.join(", "));
    sendText(request, response, 405, "Only GET and HEAD are answered here.\n");
    return;
  }
  // Not `new URL`, which would resolve ".." before it can be refused.
  const [path = ""] = (request.url ?? "").split("?", 1);
  if (isMalformed(path)) {
    sendText(request, response, 400, "That is no path.\n");
    return;
  }
  const file = await find(path);
  if (file === null) {
    sendText(request, response, 404, "Not found.\n");
    return;
  }
  const encoding = file.compressible
    ? chooseEncoding(request.headers["accept-encoding"])
    : "identity";
  const { body, etag } = await file.encoded(encoding);
  setCommonHeaders(request, response);
  response.setHeader("Cache-Control", cacheControl(path));
  response.setHeader("ETag", etag);
  if (file.compressible) response.setHeader("Vary", "Accept-Encoding");
  if (request.headers["if-none-match"]?.split(/\s*,\s*/).includes(etag) === true) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== "identity") response.setHeader("Content-Encoding", encoding);
  response.setHeader("Content-Type", file.type);
  response.setHeader("Content-Length", body.length);
  response.writeHead(200);
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Whether a path is badly escaped, or has a byte that no name can have; nginx refuses these too. */
function isMalformed(path: string): boolean {
  try {
    return decodeURIComponent(path).includes("\0");
  } catch {
    return true;
  }
}

/** What is not HTTP never becomes a request; its answer has the headers all the same. */
function refuse(_error: Error, socket: Duplex): void {
  const headers = securityHeaders({ loopbackHomeservers: true, strictTransport: false });
  const lines = Object.entries({ ...headers, "Cache-Control": unkept })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}

function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  setCommonHeaders(request, response);
  response.setHeader("Cache-Control", unkept);
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.writeHead(status);
  response.end(request.method === "HEAD" ? undefined : text);
}

/**
 * Strict-Transport-Security is sent when the request came in under another name than loopback,
 * as through a TLS proxy in front of this server.
 */
function setCommonHeaders(request: IncomingMessage, response: ServerResponse): void {
  const host = (request.headers.host ?? "localhost").replace(/:\d+$/, "").toLowerCase();
  const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);
  const headers = securityHeaders({ loopbackHomeservers: true, strictTransport: !loopback });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
