import { Provider } from "oidc-provider";
import { anybody, serveOidc, type OidcServer } from "./oidcServer.ts";

/** The two providers that Synapse offers; both lead to one server, as two apps of it. */
const PROVIDERS = [
  { id: "first", name: "First IdP" },
  { id: "second", name: "Second IdP" },
] as const;

const secretOf = (id: string): string => `synapse-secret-of-${id}-synapse-secret`;

/** Starts an identity provider for single sign-on to the homeserver at `homeserverUrl`. */
export function startIdentityProvider(port: number, homeserverUrl: string): Promise<OidcServer> {
  const provider = new Provider(`http://localhost:${port}`, {
    ...anybody,
    clients: PROVIDERS.map(({ id }) => ({
      client_id: id,
      client_secret: secretOf(id),
      redirect_uris: [`${homeserverUrl}/_synapse/client/oidc/callback`],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    })),
    claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
    features: { devInteractions: { enabled: false } },
  });
  return serveOidc(provider, port);
}

/** What Synapse is told about it. */
export function oidcProviders(issuer: string): readonly Record<string, unknown>[] {
  return PROVIDERS.map(({ id, name }) => ({
    idp_id: id,
    idp_name: name,
    discover: true,
    issuer,
    client_id: id,
    client_secret: secretOf(id),
    scopes: ["openid", "profile"],
    // The issuer is http, on this computer.
    skip_verification: true,
    user_profile_method: "userinfo_endpoint",
    // Accounts of the tests have a password, too.
    allow_existing_users: true,
    user_mapping_provider: {
      config: {
        localpart_template: "{{ user.preferred_username }}",
        display_name_template: "{{ user.name }}",
      },
    },
  }));
}
