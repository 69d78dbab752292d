import { describe, expect, it } from "vitest";
import {
  isLoopback,
  parseDiscoveredBaseUrl,
  parseHomeserverAddress,
  serverNameOf,
} from "./homeserverAddress";

describe("parseHomeserverAddress", () => {
  it.each([
    ["example.org", "https://example.org", false],
    ["  Example.ORG  ", "https://example.org", false],
    ["example.org/", "https://example.org", false],
    ["example.org:8448", "https://example.org:8448", false],
    ["matrix.example.org/base///", "https://matrix.example.org/base", false],
    ["https://example.org", "https://example.org", true],
    ["HTTPS://Example.org/", "https://example.org", true],
    ["https://example.org/_matrix/client/versions", "https://example.org", true],
    ["https://example.org/sub/_matrix/client/versions", "https://example.org/sub", true],
    ["https://user:secret@example.org/?access_token=x#y", "https://example.org", true],
    ["https://bücher.example", "https://xn--bcher-kva.example", true],
    ["http://localhost:8008/", "http://localhost:8008", true],
    ["localhost:8008", "http://localhost:8008", false],
    ["LOCALHOST", "http://localhost", false],
    ["127.0.0.1:8008", "http://127.0.0.1:8008", false],
    ["http://127.1.2.3", "http://127.1.2.3", true],
    ["http://[::1]:8008", "http://[::1]:8008", true],
    ["[::1]:8008", "http://[::1]:8008", false],
    ["http://dev.localhost:8008", "http://dev.localhost:8008", true],
    ["https://localhost:8448", "https://localhost:8448", true],
  ])("reads %j as %s", (input, baseUrl, explicit) => {
    expect(parseHomeserverAddress(input)).toMatchObject({ ok: true, value: { baseUrl, explicit } });
  });

  it.each([
    ["http://example.org", "example.org"],
    ["HTTP://example.org:8008/x", "example.org:8008"],
    ["http://192.168.1.2", "192.168.1.2"],
    ["http://10.0.0.1:8008", "10.0.0.1:8008"],
    ["http://0.0.0.0", "0.0.0.0"],
    ["http://[::2]", "[::2]"],
    ["http://[::ffff:10.0.0.1]", "[::ffff:a00:1]"],
    ["http://128.0.0.1", "128.0.0.1"],
    // Looks like this computer and is not.
    ["http://localhost.example.org", "localhost.example.org"],
    ["http://127.0.0.1.example.org", "127.0.0.1.example.org"],
    ["http://localhost@example.org", "example.org"],
    ["http://notlocalhost", "notlocalhost"],
  ])("refuses %j", (input, host) => {
    expect(parseHomeserverAddress(input)).toEqual({
      ok: false,
      error: { kind: "insecure_homeserver", host },
    });
  });

  it.each([
    // A person of a place, not a place: nobody there is asked.
    "alice@example.org",
    "@alice:example.org",
    "",
    "   ",
    "exa mple.org",
    "https://",
    "ftp://example.org",
    "javascript://example.org",
    "https://exa<mple",
    "example.org:99999",
    "https://[::1",
  ])("finds nothing in %j", (input) => {
    expect(parseHomeserverAddress(input)).toMatchObject({
      ok: false,
      error: { kind: "homeserver_not_found" },
    });
  });
});

describe("parseDiscoveredBaseUrl", () => {
  it("takes https, and http on this computer, without the slash at the end", () => {
    expect(parseDiscoveredBaseUrl("https://matrix.example.org/")).toEqual({
      ok: true,
      value: "https://matrix.example.org",
    });
    expect(parseDiscoveredBaseUrl("http://localhost:8008/")).toEqual({
      ok: true,
      value: "http://localhost:8008",
    });
  });

  it("refuses http to another computer", () => {
    expect(parseDiscoveredBaseUrl("http://matrix.example.org")).toEqual({
      ok: false,
      error: { kind: "insecure_homeserver", host: "matrix.example.org" },
    });
  });

  it.each(["https://*.example.org", "https://a.example;x", "https://a.example,b"])(
    "refuses %s, which a policy would not read as one host",
    (text) =>
      expect(parseDiscoveredBaseUrl(text)).toMatchObject({
        ok: false,
        error: { kind: "homeserver_not_found" },
      }),
  );

  it.each(["", "matrix.example.org", "ftp://example.org", "javascript:alert(1)", "//example.org"])(
    "ignores %j",
    (text) => expect(parseDiscoveredBaseUrl(text)).toBeNull(),
  );
});

describe("isLoopback", () => {
  it.each(["http://localhost.", "http://127.1", "http://0x7f000001", "http://2130706433"])(
    "knows %s, which browsers resolve to this computer",
    (url) => expect(isLoopback(new URL(url))).toBe(true),
  );
});

describe("serverNameOf", () => {
  it.each([
    ["@alice:example.org", "example.org"],
    [" @alice:example.org:8448 ", "example.org:8448"],
    ["@alice:[::1]:8008", "[::1]:8008"],
    ["alice", null],
    ["@alice", null],
    ["@alice:", null],
    ["alice:example.org", null],
    ["alice@example.org", null],
  ])("%j → %j", (username, serverName) => expect(serverNameOf(username)).toBe(serverName));
});
