import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface OAuthReply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SeenForm {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: string;
  readonly authorization: string | undefined;
}

/** A server on loopback that answers as told and notes what it was sent. */
export interface OAuthServerRig {
  readonly url: string;
  readonly seen: SeenForm[];
  stop(): Promise<void>;
}

export async function startOAuthServer(
  answer: (form: SeenForm, url: string) => OAuthReply | Promise<OAuthReply>,
): Promise<OAuthServerRig> {
  const seen: SeenForm[] = [];
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const form: SeenForm = {
        path: request.url ?? "",
        fields: Object.fromEntries(new URLSearchParams(body)),
        body,
        authorization: request.headers.authorization,
      };
      seen.push(form);
      void Promise.resolve(answer(form, url)).then((reply) => {
        response.writeHead(reply.status ?? 200, {
          "content-type": "application/json",
          ...reply.headers,
        });
        response.end(JSON.stringify(reply.body ?? {}));
      });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
