import { afterEach, describe, expect, it, vi } from "vitest";
import { loadConfig, parseConfig } from "./config";

describe("parseConfig", () => {
  const defaults = { defaultHomeserver: null, homeserver: null, oauthClientIds: {} };

  it.each([
    [{}, {}],
    [{ defaultHomeserver: null, homeserver: null }, {}],
    [{ defaultHomeserver: " matrix.org " }, { defaultHomeserver: "matrix.org" }],
    [
      { defaultHomeserver: "http://localhost:8008", _comment: "ours", $schema: 1 },
      { defaultHomeserver: "http://localhost:8008" },
    ],
    [
      { homeserver: { baseUrl: "https://matrix.example.org/", name: "Example" } },
      { homeserver: { address: "https://matrix.example.org/", name: "Example" } },
    ],
    [
      { homeserver: { baseUrl: "http://localhost:8008" } },
      { homeserver: { address: "http://localhost:8008", name: "localhost:8008" } },
    ],
    [
      { homeserver: { serverName: "example.org" } },
      { homeserver: { address: "example.org", name: "example.org" } },
    ],
    [
      { oauthClientIds: { "https://auth.example.org/": "01ABC" } },
      { oauthClientIds: { "https://auth.example.org/": "01ABC" } },
    ],
  ])("%j gives %j", (json, value) => {
    expect(parseConfig(json)).toEqual({ ok: true, value: { ...defaults, ...value } });
  });

  it.each([
    [{ defaultHomeserver: 7 }, "defaultHomeserver"],
    [{ defaultHomeserver: "" }, "defaultHomeserver"],
    [{ defaultHomeserver: ["matrix.org"] }, "defaultHomeserver"],
    [
      { defaultHomeserver: "matrix.org", homeserver: { serverName: "example.org" } },
      "defaultHomeserver",
    ],
    [{ homeserverr: { serverName: "example.org" } }, "homeserverr"],
    [{ defaulthomeserver: "matrix.org" }, "defaulthomeserver"],
    [{ __proto__x: 1, toString: 1 }, "toString"],
    [{ homeserver: "example.org" }, "homeserver"],
    [{ homeserver: {} }, "homeserver"],
    [{ homeserver: { name: "Example" } }, "homeserver"],
    [{ homeserver: { baseUrl: "https://a.test", serverName: "a.test" } }, "homeserver"],
    [{ homeserver: { baseUrl: "matrix.example.org" } }, "homeserver.baseUrl"],
    [{ homeserver: { baseUrl: "http://matrix.example.org" } }, "homeserver.baseUrl"],
    [{ homeserver: { baseUrl: "javascript:alert(1)" } }, "homeserver.baseUrl"],
    [{ homeserver: { serverName: "https://example.org" } }, "homeserver.serverName"],
    [{ homeserver: { serverName: "example.org", name: " " } }, "homeserver.name"],
    [{ homeserver: { serverName: "example.org", nmae: "Example" } }, "homeserver.nmae"],
    [{ oauthClientIds: "01ABC" }, "oauthClientIds"],
    [{ oauthClientIds: ["01ABC"] }, "oauthClientIds.0"],
    [
      { oauthClientIds: { "https://auth.example.org/": 1 } },
      "oauthClientIds.https://auth.example.org/",
    ],
    [{ oauthClientIds: { "auth.example.org": "01ABC" } }, "oauthClientIds.auth.example.org"],
    [[], ""],
    ["matrix.org", ""],
    [null, ""],
  ])("%j names %j", (json, field) => {
    const parsed = parseConfig(json);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ error: { field } });
    if (!parsed.ok) expect(parsed.error.problem).toMatch(/^(must|is) /);
  });
});

describe("loadConfig", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const answer = (body: string, status = 200) =>
    vi.stubGlobal("fetch", async () => new Response(body, { status }));

  it("reads the file", async () => {
    answer('{"defaultHomeserver":"example.test"}');
    expect(await loadConfig()).toEqual({
      ok: true,
      value: { defaultHomeserver: "example.test", homeserver: null, oauthClientIds: {} },
    });
  });

  it("takes the defaults when there is no file, or the app's page in its place", async () => {
    const defaults = {
      ok: true,
      value: { defaultHomeserver: null, homeserver: null, oauthClientIds: {} },
    };
    answer("not found", 404);
    expect(await loadConfig()).toEqual(defaults);
    answer("<!doctype html><title>Key Backup</title>");
    expect(await loadConfig()).toEqual(defaults);
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await loadConfig()).toEqual(defaults);
  });

  it("says that a broken file is broken", async () => {
    answer('{"defaultHomeserver":');
    expect(await loadConfig()).toMatchObject({ ok: false, error: { field: "" } });
  });
});
