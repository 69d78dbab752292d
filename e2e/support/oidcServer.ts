import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Configuration, KoaContextWithOIDC, Provider } from "oidc-provider";

/** An OpenID Connect provider that runs on loopback. */
export interface OidcServer {
  readonly issuer: string;
  stop(): Promise<void>;
}

/** Who signs in is whoever types a name: no password, every account exists. */
export const anybody: Configuration = {
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, preferred_username: id }),
  }),
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  cookies: { keys: ["test only"] },
  ttl: { Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
  // Nobody is asked to agree: what an app wants, it gets.
  loadExistingGrant: grantEverything,
};

async function grantEverything(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const grant = new oidc.provider.Grant({
    accountId: oidc.session?.accountId ?? "",
    clientId: oidc.client?.clientId ?? "",
  });
  const asked = oidc.params?.["scope"];
  const scope = typeof asked === "string" ? asked : "";
  grant.addOIDCScope(scope);
  for (const resource of Object.keys(oidc.resourceServers ?? {})) {
    grant.addResourceScope(resource, scope);
  }
  await grant.save();
  return grant;
}

/** Serves a provider at `http://localhost:PORT`, which browsers and Synapse reach alike. */
export async function serveOidc(provider: Provider, port: number): Promise<OidcServer> {
  const handle = provider.callback();
  const sockets = new Set<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith("/interaction/") !== true) {
      void handle(request, response);
      return;
    }
    interact(provider, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  };
  const servers: Server[] = [];
  for (const host of ["127.0.0.1", "::1"]) {
    const server = createServer(answer);
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    const listening = Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]);
    server.listen(port, host);
    if (await listening) servers.push(server);
    else if (host === "127.0.0.1") throw new Error(`port ${port} is not free`);
  }
  return {
    issuer: provider.issuer,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        servers.map(async (server) => {
          server.close();
          await once(server, "close");
        }),
      );
    },
  };
}

/** The page that asks who is there, with a way to cancel. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST") {
    await provider.interactionDetails(request, response);
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><html lang="en"><title>Who are you?</title>
      <form method="post"><label>Name <input name="login" autofocus></label>
      <button name="do" value="login">Sign in</button>
      <button name="do" value="cancel">Cancel</button></form></html>`,
    );
    return;
  }
  const form = await readForm(request);
  const cancelled = { error: "access_denied", error_description: "the person cancelled" };
  const login = { login: { accountId: form.get("login") ?? "" } };
  await provider.interactionFinished(
    request,
    response,
    form.get("do") === "cancel" ? cancelled : login,
  );
}

export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}
