import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { BackupFiles } from "../data/ensureBackup.ts";
import { sendBytes } from "./sendBytes.ts";

/** The version every generated backup is served as. */
export const BACKUP_VERSION = "1";

/** As much of a homeserver as a client needs that restores a backup and does not sync. */
export interface BenchHomeserver {
  readonly url: string;
  /** The speed of the link from now on; null for as fast as it goes. */
  setLink(bitsPerSecond: number | null): void;
  close(): Promise<void>;
}

type Answer = { readonly status: number; readonly body: unknown };

/**
 * Serves one generated backup on a port of its own, so that the page reaches it across origins, as
 * it does a homeserver.
 */
export async function startHomeserver(backup: BackupFiles): Promise<BenchHomeserver> {
  let link: number | null = null;
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value);
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    request.resume();
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname.replace(/^\/_matrix\/client\/(v3\/)?/, "");
    const span = request.method === "GET" ? findKeys(backup, path) : null;
    if (span !== null) {
      response.writeHead(200, {
        "Content-Type": "application/json",
        "Content-Length": span.end - span.start,
      });
      await sendBytes(response, { path: backup.bodyPath, ...span }, link);
      return;
    }
    const { status, body } = answerTo(backup, path);
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    setLink(bitsPerSecond) {
      link = bitsPerSecond;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What homeservers send (Client-Server API, "Web browser clients"). */
const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
  "Access-Control-Allow-Headers": "X-Requested-With, Content-Type, Authorization",
  "Cache-Control": "no-cache, no-store, must-revalidate",
};

/** Where the keys lie that a path asks for: all of them, or one room's. */
function findKeys({ index }: BackupFiles, path: string): { start: number; end: number } | null {
  if (path === "room_keys/keys") return { start: 0, end: index.bytes };
  const match = /^room_keys\/keys\/([^/]+)$/.exec(path);
  if (match === null) return null;
  const roomId = decodeURIComponent(match[1] ?? "");
  return index.rooms.find((room) => room.roomId === roomId) ?? null;
}

function answerTo({ index }: BackupFiles, path: string): Answer {
  switch (path) {
    case "versions":
      return { status: 200, body: { versions: ["v1.1", "v1.11"] } };
    case "room_keys/version":
    case `room_keys/version/${BACKUP_VERSION}`:
      return {
        status: 200,
        body: {
          version: BACKUP_VERSION,
          algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
          auth_data: { public_key: index.publicKey, signatures: {} },
          count: index.count,
          etag: "1",
        },
      };
    case "keys/query":
      return { status: 200, body: { device_keys: {}, failures: {} } };
    case "keys/upload":
      return { status: 200, body: { one_time_key_counts: { signed_curve25519: 50 } } };
    default:
      return { status: 404, body: { errcode: "M_NOT_FOUND", error: "Not found" } };
  }
}
