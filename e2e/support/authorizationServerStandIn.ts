import { Provider, type KoaContextWithOIDC } from "oidc-provider";
import { anybody, readForm, serveOidc, type OidcServer } from "./oidcServer.ts";

/** A stand-in for the authorization server of a homeserver that delegates sign-in. Tests only. */
export interface AuthorizationServerStandIn extends OidcServer {
  /** What Synapse would be told about this token: is it good? */
  isActive(token: string): Promise<boolean>;
  /** Ends a person's sessions here, as they would on their account page. The tokens are dead then. */
  endSessions(localpart: string): Promise<void>;
  /** Pairs of tokens that were handed out, the newest last. */
  readonly handedOut: TokenPair[];
  /** Has Synapse remove a device, as ending its session does after a while. */
  removeDevice(localpart: string, deviceId: string): Promise<void>;
  /** While set, `/token` is out of order. */
  broken: boolean;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const API = "urn:matrix:client:api:*";
const DEVICE = "urn:matrix:client:device:";
/** Lifetime of an access token in seconds: a story sees several of them. */
const LIFETIME = 8;

/** What Synapse and the stand-in share. */
export const STAND_IN_SECRET = "test-only-shared-secret";

const devicesIn = (scope: string | undefined): readonly string[] =>
  (scope ?? "").split(" ").filter((part) => part.startsWith(DEVICE));
const deviceOf = (scope: string | undefined): string | null =>
  devicesIn(scope)[0]?.slice(DEVICE.length) ?? null;

/**
 * Starts the stand-in: oidc-provider with what the Matrix Authentication Service has beside OAuth 2.0,
 * as far as Synapse's delegated mode and this app ask for it. It is not that service: none of its
 * policies, pages or compatibility layers is here, and its account page trusts whoever asks.
 */
export async function startAuthorizationServerStandIn(
  port: number,
  homeserverUrl: string,
): Promise<AuthorizationServerStandIn> {
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    ...anybody,
    clientBasedCORS: () => true,
    clientDefaults: {
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    ttl: { ...anybody.ttl, RefreshToken: 3600 },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => homeserverUrl,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx) => ({
          accessTokenFormat: "opaque",
          accessTokenTTL: LIFETIME,
          scope: [API, ...devicesIn(scopeAsked(ctx))].join(" "),
        }),
      },
    },
    discovery: {
      account_management_uri: `${issuer}/account`,
      account_management_actions_supported: ["org.matrix.cross_signing_reset"],
    },
  });

  async function tellSynapse(path: string, body: object): Promise<void> {
    const answer = await fetch(`${homeserverUrl}/_synapse/mas/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${STAND_IN_SECRET}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  const handedOut: TokenPair[] = [];
  const people = new Map<string, Set<string>>();
  const control = { broken: false };

  provider.use(async (ctx, next) => {
    switch (ctx.path) {
      case "/oauth2/introspect": {
        if (ctx.get("authorization") !== `Bearer ${STAND_IN_SECRET}`) {
          ctx.status = 401;
          return;
        }
        const token = await provider.AccessToken.find((await readForm(ctx.req)).get("token") ?? "");
        ctx.body =
          token?.isValid === true
            ? {
                active: true,
                scope: token.scope,
                username: token.accountId,
                sub: token.accountId,
                expires_in: Math.max(0, (token.exp ?? 0) - Math.floor(Date.now() / 1000)),
              }
            : { active: false };
        return;
      }
      case "/account": {
        ctx.type = "html";
        if (ctx.method === "POST") {
          const localpart = (await readForm(ctx.req)).get("user");
          await tellSynapse("allow_cross_signing_reset", { localpart });
          ctx.body = "<!doctype html><title>Account</title><p>Approved</p>";
          return;
        }
        const { accountId = "" } = await provider.Session.get(ctx);
        ctx.body = `<!doctype html><html lang="en"><title>Account</title><form method="post">
          <input type="hidden" name="user" value="${encodeURIComponent(accountId)}">
          <button>Allow reset</button></form></html>`;
        return;
      }
      case "/reg":
        ctx.set("access-control-allow-origin", "*");
        ctx.set("access-control-allow-headers", "*");
        if (ctx.method === "OPTIONS") {
          ctx.status = 204;
          return;
        }
        break;
      case "/token":
        if (control.broken && ctx.method === "POST") {
          ctx.set("access-control-allow-origin", "*");
          ctx.status = 503;
          return;
        }
    }
    await next();
    if (ctx.status !== 200 || ctx.method !== "POST") return;
    const answered = ctx as unknown as KoaContextWithOIDC;
    if (ctx.path === "/token") await afterToken(answered);
    if (ctx.path === "/token/revocation") await afterRevocation(answered);
  });

  async function afterToken({ oidc, body }: KoaContextWithOIDC): Promise<void> {
    const pair = body as { access_token: string; refresh_token: string };
    handedOut.push({ accessToken: pair.access_token, refreshToken: pair.refresh_token });
    const token = await provider.AccessToken.find(pair.access_token);
    if (token === undefined || oidc.params?.["grant_type"] === "refresh_token") return;
    const localpart = token.accountId;
    people.set(localpart, (people.get(localpart) ?? new Set()).add(token.grantId ?? ""));
    await tellSynapse("provision_user", { localpart });
    const device = deviceOf(token.scope);
    if (device !== null) await tellSynapse("upsert_device", { localpart, device_id: device });
  }

  async function afterRevocation({ oidc }: KoaContextWithOIDC): Promise<void> {
    const token = oidc.entities.RefreshToken ?? oidc.entities.AccessToken;
    const device = deviceOf(token?.scope);
    if (token === undefined || device === null) return;
    await tellSynapse("delete_device", { localpart: token.accountId, device_id: device });
  }

  const server = await serveOidc(provider, port);
  return {
    ...server,
    handedOut,
    get broken() {
      return control.broken;
    },
    set broken(broken) {
      control.broken = broken;
    },
    removeDevice: (localpart, deviceId) =>
      tellSynapse("delete_device", { localpart, device_id: deviceId }),
    async isActive(token) {
      const found =
        (await provider.AccessToken.find(token)) ?? (await provider.RefreshToken.find(token));
      return found?.isValid === true;
    },
    async endSessions(localpart) {
      for (const grantId of people.get(localpart) ?? []) {
        await provider.RefreshToken.revokeByGrantId(grantId);
        await provider.AccessToken.revokeByGrantId(grantId);
      }
    },
  };
}

/** The scope as it was asked for, also when it comes with a code or a refresh token. */
function scopeAsked({ oidc }: KoaContextWithOIDC): string | undefined {
  const asked: unknown = oidc.params?.["scope"];
  if (typeof asked === "string") return asked;
  return oidc.entities.RefreshToken?.scope ?? oidc.entities.AuthorizationCode?.scope;
}
