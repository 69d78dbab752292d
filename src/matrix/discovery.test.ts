import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { findHomeserver } from "./discovery";

type Answers = Readonly<
  Record<
    string,
    { status?: number; json?: unknown; html?: string; headers?: Record<string, string> }
  >
>;

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

/** A real HTTP server on loopback that answers by path and notes what it was asked. */
async function serve(answers: (self: string) => Answers): Promise<{
  url: string;
  host: string;
  asked: string[];
}> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const answer = answers(`http://${host()}`)[request.url ?? ""] ?? {
      status: 404,
      json: { errcode: "M_UNRECOGNIZED", error: "Unrecognized request" },
    };
    response.writeHead(answer.status ?? 200, {
      "content-type": answer.html === undefined ? "application/json" : "text/html",
      ...answer.headers,
    });
    response.end(answer.html ?? JSON.stringify(answer.json));
  });
  const host = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return { url: `http://${host()}`, host: host(), asked };
}

const VERSIONS = "/_matrix/client/versions";
const LOGIN = "/_matrix/client/v3/login";
const WELL_KNOWN = "/.well-known/matrix/client";
const AUTH = "/_matrix/client/v1/auth_metadata";
const OFFER = { password: true, sso: [], oauth: null };
const HOMESERVER: Answers = {
  [VERSIONS]: { json: { versions: ["v1.1", "v1.12"] } },
  [LOGIN]: { json: { flows: [{ type: "m.login.sso" }, { type: "m.login.password" }] } },
};
const METADATA = {
  issuer: "https://auth.test/",
  authorization_endpoint: "https://auth.test/authorize",
  token_endpoint: "https://auth.test/token",
  revocation_endpoint: "https://auth.test/revoke",
  registration_endpoint: "https://auth.test/register",
  response_modes_supported: ["query", "fragment"],
  response_types_supported: ["code"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
};
const pointingTo = (baseUrl: string): Answers => ({
  [WELL_KNOWN]: { json: { "m.homeserver": { base_url: baseUrl } } },
});

const find = (homeserver: string, username = "alice") => findHomeserver({ homeserver, username });

describe("findHomeserver", () => {
  it("takes an address at its word when a homeserver answers there", async () => {
    const { url, host, asked } = await serve(() => HOMESERVER);
    expect(await find(`${url}/`)).toEqual({
      ok: true,
      value: { baseUrl: url, host, discoveredFrom: null, offer: OFFER },
    });
    expect(asked.toSorted()).toEqual([AUTH, LOGIN, VERSIONS].toSorted());
  });

  it("asks a bare name's well-known file first", async () => {
    const real = await serve(() => HOMESERVER);
    const name = await serve(() => pointingTo(`${real.url}/`));
    expect(await find(name.host)).toEqual({
      ok: true,
      value: { baseUrl: real.url, host: real.host, discoveredFrom: name.host, offer: OFFER },
    });
    expect(name.asked).toEqual([WELL_KNOWN]);
  });

  it("falls back to a bare name itself", async () => {
    const { url, host } = await serve(() => HOMESERVER);
    expect(await find(host)).toEqual({
      ok: true,
      value: { baseUrl: url, host, discoveredFrom: null, offer: OFFER },
    });
  });

  it("asks the well-known file of an address that is no homeserver itself", async () => {
    const real = await serve(() => HOMESERVER);
    const name = await serve(() => pointingTo(real.url));
    expect(await find(name.url)).toMatchObject({ ok: true, value: { baseUrl: real.url } });
  });

  it("discovers from a user id's server name when the field is empty", async () => {
    const real = await serve(() => HOMESERVER);
    const name = await serve(() => pointingTo(real.url));
    expect(await find("", `@alice:${name.host}`)).toEqual({
      ok: true,
      value: { baseUrl: real.url, host: real.host, discoveredFrom: name.host, offer: OFFER },
    });
  });

  it("prefers the field to a server name of this computer", async () => {
    const field = await serve(() => HOMESERVER);
    const name = await serve(() => HOMESERVER);
    expect(await find(field.url, `@alice:${name.host}`)).toMatchObject({
      ok: true,
      value: { baseUrl: field.url },
    });
    expect(name.asked).toEqual([]);
  });

  it("uses the field when the user id's server name answers nothing", async () => {
    const field = await serve(() => HOMESERVER);
    expect(await find(field.url, "@alice:homeserver.invalid")).toMatchObject({
      ok: true,
      value: { baseUrl: field.url, discoveredFrom: null },
    });
  });

  it("refuses plain http elsewhere, typed or discovered, and asks nobody there", async () => {
    const insecure = { ok: false, error: { kind: "insecure_homeserver", host: "192.0.2.1" } };
    expect(await find("http://192.0.2.1")).toEqual(insecure);
    const name = await serve(() => pointingTo("http://192.0.2.1/"));
    expect(await find(name.host)).toEqual(insecure);
    expect(await find("", `@alice:${name.host}`)).toEqual(insecure);
  });

  it("does not let a homeserver send us on to another address", async () => {
    const other = await serve(() => HOMESERVER);
    const first = await serve(() => ({
      [VERSIONS]: { status: 307, json: {}, headers: { location: `${other.url}${VERSIONS}` } },
    }));
    expect(await find(first.url)).toMatchObject({ ok: false, error: { kind: "network" } });
    expect(other.asked).toEqual([]);
  });

  it.each<[string, Answers, unknown]>([
    ["a web page", { [VERSIONS]: { html: "<h1>Welcome</h1>" } }, { kind: "not_matrix" }],
    [
      "a web page for what it does not know",
      { [VERSIONS]: { status: 404, html: "<h1>404</h1>" } },
      { kind: "not_matrix" },
    ],
    ["another JSON service", { [VERSIONS]: { json: { ok: 1 } } }, { kind: "homeserver_not_found" }],
    ["a JSON service without that path", {}, { kind: "homeserver_not_found" }],
    ["JSON that is no object", { [VERSIONS]: { json: ["v1.1"] } }, { kind: "not_matrix" }],
    [
      "a broken server",
      { [VERSIONS]: { status: 502, html: "Bad gateway" } },
      { kind: "server", status: 502 },
    ],
    [
      "a server that is in a hurry",
      { [VERSIONS]: { status: 429, json: { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 900 } } },
      { kind: "rate_limited", retryAfterMs: 900 },
    ],
    [
      "a homeserver with nothing that is known here",
      { ...HOMESERVER, [LOGIN]: { json: { flows: [{ type: "m.login.application_service" }] } } },
      { kind: "sign_in_unsupported" },
    ],
    [
      "a homeserver without any way to sign in",
      { [VERSIONS]: { json: { versions: ["v1.15"] } } },
      { kind: "sign_in_unsupported" },
    ],
    [
      "a homeserver that is in trouble when asked about OAuth",
      { ...HOMESERVER, [AUTH]: { status: 502, json: { errcode: "M_UNKNOWN" } } },
      { kind: "server", status: 502 },
    ],
    [
      "an authorization server that Matrix cannot use",
      {
        [VERSIONS]: { json: { versions: ["v1.15"] } },
        [AUTH]: { json: { issuer: "https://a.test" } },
      },
      { kind: "sign_in", reason: "oauth_unsupported" },
    ],
    [
      "an authorization server at an address that is not secure",
      {
        [VERSIONS]: { json: { versions: ["v1.15"] } },
        [AUTH]: { json: { ...METADATA, token_endpoint: "http://192.0.2.1/token" } },
      },
      { kind: "sign_in", reason: "oauth_unsupported" },
    ],
    [
      "an honest page to sign in on beside an endpoint elsewhere that would get its codes",
      {
        [VERSIONS]: { json: { versions: ["v1.15"] } },
        [AUTH]: { json: { ...METADATA, token_endpoint: "https://thief.test/token" } },
      },
      { kind: "sign_in", reason: "oauth_unsupported" },
    ],
  ])("names %s", async (_what, answers, error) => {
    const { url } = await serve(() => answers);
    expect(await find(url)).toMatchObject({ ok: false, error });
  });

  it.each<[string, Answers, unknown]>([
    [
      "single sign-on with its providers, and without what is none",
      {
        ...HOMESERVER,
        [LOGIN]: {
          json: {
            flows: [
              {
                type: "m.login.sso",
                identity_providers: [{ id: "oidc-a", name: " A " }, { id: 7, name: "B" }, "c"],
              },
            ],
          },
        },
      },
      { password: false, sso: [{ id: "oidc-a", name: "A" }], oauth: null },
    ],
    [
      "OAuth alone where there is OAuth, whatever else old apps are offered",
      { ...HOMESERVER, [AUTH]: { json: METADATA } },
      { password: false, sso: null, oauth: { host: "auth.test" } },
    ],
    [
      "OAuth without self-registration",
      { ...HOMESERVER, [AUTH]: { json: { ...METADATA, registration_endpoint: undefined } } },
      { password: false, sso: null, oauth: { host: "auth.test" } },
    ],
    [
      "the older ways where OAuth is of no use",
      { ...HOMESERVER, [AUTH]: { json: { issuer: "https://auth.test" } } },
      OFFER,
    ],
    [
      "the older ways behind a proxy with a web page for newer paths",
      { ...HOMESERVER, [AUTH]: { status: 404, html: "<h1>404</h1>" } },
      OFFER,
    ],
  ])("offers %s", async (_what, answers, offer) => {
    const { url } = await serve(() => answers);
    expect(await find(url)).toMatchObject({ ok: true, value: { offer } });
  });

  it("reads no more than a megabyte of a well-known file or of versions", async () => {
    const padding = "x".repeat(1_000_000);
    const versions = await serve(() => ({
      ...HOMESERVER,
      [VERSIONS]: { json: { versions: ["v1.12"], padding } },
    }));
    expect(await find(versions.url)).toEqual({
      ok: false,
      error: { kind: "not_matrix", detail: "the answer is too large" },
    });
    const real = await serve(() => HOMESERVER);
    const name = await serve(() => ({
      ...HOMESERVER,
      [WELL_KNOWN]: { json: { "m.homeserver": { base_url: real.url }, padding } },
    }));
    expect(await find(name.host)).toMatchObject({ ok: true, value: { baseUrl: name.url } });
    expect(real.asked).toEqual([]);
  });

  it("tells a server that does not answer from one that is none", async () => {
    const { url } = await serve(() => HOMESERVER);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await find(url)).toMatchObject({ ok: false, error: { kind: "network" } });
  });

  it("asks nothing for an empty form", async () => {
    expect(await find("")).toEqual({
      ok: false,
      error: { kind: "homeserver_not_found", input: "" },
    });
  });
});
