import { describe, expect, it } from "vitest";
import {
  hostOf,
  howHostIsKnown,
  isOfOtherServer,
  lookupKey,
  serverNameOf,
  takeApart,
  type HostKnown,
} from "./homeserverHost";

describe("hostOf", () => {
  it.each([
    ["matrix.org", "matrix.org"],
    ["  https://Matrix.ORG/  ", "matrix.org"],
    ["http://localhost:8008", "localhost:8008"],
    ["https://example.test:443", "example.test"],
    ["localhost:8008", "localhost:8008"],
    ["", null],
    ["   ", null],
    ["https://", null],
    ["two words", null],
  ])("%j is host %j", (address, host) => {
    expect(hostOf(address)).toBe(host);
  });
});

describe("serverNameOf", () => {
  it.each([
    ["@alice:example.test", "example.test"],
    [" @alice:example.test:8448 ", "example.test:8448"],
    ["alice", null],
    ["@alice", null],
    ["@alice:", null],
    ["alice@example.test", null],
  ])("%j belongs to %j", (username, server) => {
    expect(serverNameOf(username)).toBe(server);
  });
});

describe("takeApart", () => {
  it.each([
    [" @alice:hs.test ", "", "hs.test", "@alice:hs.test"],
    ["@alice:hs.test:8448", "bob", "hs.test:8448", "bob"],
    ["hs.test", "@alice:other.test", "hs.test", "@alice:other.test"],
    ["alice@hs.test", "", "alice@hs.test", ""],
    ["@alice", "", "@alice", ""],
  ])("%j and %j are %j and %j", (homeserver, username, server, user) => {
    expect(takeApart({ homeserver, username })).toEqual({ homeserver: server, username: user });
  });
});

describe("isOfOtherServer", () => {
  it.each([
    ["example.org", "example.org", false],
    ["Example.ORG", "example.org", false],
    ["matrix.org", "example.org", true],
    ["example.org", "https://matrix.example.org", null],
    ["matrix.example.org", "https://matrix.example.org/", false],
    ["localhost", "http://localhost:8008", false],
    ["localhost", "localhost:8008", false],
    ["matrix.org", "http://localhost:8008", null],
  ])("a user id of %j at %j: %s", (server, address, answer) => {
    expect(isOfOtherServer(server, address)).toBe(answer);
  });
});

describe("howHostIsKnown", () => {
  /** What was typed, and what discovery found for it. */
  function known(
    form: { homeserver: string; username: string; suggested?: boolean; fixed?: boolean },
    found: { host: string; discoveredFrom?: string },
  ): HostKnown {
    return howHostIsKnown(
      {
        baseUrl: `https://${found.host}`,
        host: found.host,
        discoveredFrom: found.discoveredFrom ?? null,
      },
      { suggested: false, fixed: false, ...form },
    );
  }

  it("is typed when it is the host in the homeserver field, however it is written", () => {
    const host = "localhost:8008";
    expect(known({ homeserver: "http://localhost:8008/", username: "alice" }, { host })).toBe(
      "typed",
    );
  });

  it("is typed when this site is for it, whatever a user id says", () => {
    const form = { homeserver: "example.test", username: "@alice:other.test", fixed: true };
    expect(known(form, { host: "matrix.example.test" })).toBe("typed");
  });

  it("is typed when it is the suggested one and the username names no other server", () => {
    const form = { homeserver: "http://localhost:8008", suggested: true };
    const host = "localhost:8008";
    expect(known({ ...form, username: "alice" }, { host })).toBe("typed");
    expect(known({ ...form, username: "@alice:localhost" }, { host })).toBe("typed");
    expect(known({ ...form, username: "@alice:localhost:8008" }, { host })).toBe("typed");
    expect(known({ ...form, username: "@alice:127.0.0.1" }, { host })).toBe("typed");
  });

  it("is typed when it is the server in a user id", () => {
    const username = "@alice:example.test";
    expect(known({ homeserver: "", username }, { host: "example.test" })).toBe("typed");
  });

  it("is typed when a person entered it for a user id of another server", () => {
    const form = { homeserver: "matrix.test", username: "@bob:private.test" };
    expect(known(form, { host: "matrix.test" })).toBe("typed");
  });

  it("is only suggested for a user id of another server that did not name it", () => {
    const form = { homeserver: "matrix.test", username: "@bob:private.test", suggested: true };
    expect(known(form, { host: "matrix.test" })).toBe("suggested");
    expect(known(form, { host: "hs.matrix.test", discoveredFrom: "matrix.test" })).toBe(
      "suggested",
    );
    expect(known({ ...form, username: "@bob:localhost" }, { host: "matrix.test" })).toBe(
      "suggested",
    );
    const ours = { homeserver: "http://localhost:8008", username: "@bob:private.test" };
    expect(known({ ...ours, suggested: true }, { host: "localhost:8008" })).toBe("suggested");
  });

  it("is typed when the user id's own server names the host in the field", () => {
    const form = { homeserver: "hs.private.test", username: "@bob:Private.test", suggested: true };
    expect(known(form, { host: "hs.private.test", discoveredFrom: "Private.test" })).toBe("typed");
  });

  it("is named when discovery led to it", () => {
    const host = "matrix.example.test";
    const discoveredFrom = "example.test";
    expect(known({ homeserver: "example.test", username: "alice" }, { host, discoveredFrom })).toBe(
      "named",
    );
    expect(
      known({ homeserver: "", username: "@alice:example.test" }, { host, discoveredFrom }),
    ).toBe("named");
    expect(
      known(
        { homeserver: "matrix.org", username: "@alice:example.test", suggested: true },
        { host, discoveredFrom },
      ),
    ).toBe("named");
  });

  it("does not take another port for the same host", () => {
    expect(
      known({ homeserver: "http://localhost:8008", username: "alice" }, { host: "localhost:8009" }),
    ).toBe("named");
  });
});

describe("lookupKey", () => {
  it("depends on the homeserver and the server of a user id, not on the name", () => {
    expect(lookupKey("a.test", "alice")).toBe(lookupKey(" a.test ", "bob"));
    expect(lookupKey("a.test", "@alice:b.test")).not.toBe(lookupKey("a.test", "@alice:c.test"));
    expect(lookupKey("a.test", "alice")).not.toBe(lookupKey("b.test", "alice"));
  });
});
