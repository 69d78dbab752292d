import { describe, expect, it } from "vitest";
import { hostOf, isHostTyped, lookupKey, serverNameOf } from "./homeserverHost";

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

describe("isHostTyped", () => {
  it("holds for the host in the homeserver field, however it is written", () => {
    expect(isHostTyped("localhost:8008", "http://localhost:8008/", "alice")).toBe(true);
  });

  it("holds for the server in a user id", () => {
    expect(isHostTyped("example.test", "", "@alice:example.test")).toBe(true);
  });

  it("does not hold for a host that discovery led to", () => {
    expect(isHostTyped("matrix.example.test", "example.test", "alice")).toBe(false);
    expect(isHostTyped("matrix.example.test", "", "@alice:example.test")).toBe(false);
  });

  it("does not take another port for the same host", () => {
    expect(isHostTyped("localhost:8009", "http://localhost:8008", "alice")).toBe(false);
  });
});

describe("lookupKey", () => {
  it("depends on the homeserver and the server of a user id, not on the name", () => {
    expect(lookupKey("a.test", "alice")).toBe(lookupKey(" a.test ", "bob"));
    expect(lookupKey("a.test", "@alice:b.test")).not.toBe(lookupKey("a.test", "@alice:c.test"));
    expect(lookupKey("a.test", "alice")).not.toBe(lookupKey("b.test", "alice"));
  });
});
