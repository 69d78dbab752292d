import { describe, expect, it } from "vitest";
import { judgeAudit } from "./audit.mjs";

const metadata = { vulnerabilities: { total: 0 } };

describe("judgeAudit", () => {
  it("is content when the registry knows of nothing", () => {
    expect(judgeAudit(JSON.stringify({ vulnerabilities: {}, metadata }))).toEqual({
      kind: "asked",
      findings: [],
      lesser: 0,
    });
  });

  it("names what is high or critical, and counts the rest", () => {
    const vulnerabilities = {
      a: { name: "a", severity: "high" },
      b: { name: "b", severity: "critical" },
      c: { name: "c", severity: "moderate" },
    };
    expect(judgeAudit(JSON.stringify({ vulnerabilities, metadata }))).toEqual({
      kind: "asked",
      findings: ["a: high", "b: critical"],
      lesser: 1,
    });
  });

  it.each([
    [
      "refuses",
      `npm warn audit 405 Method Not Allowed\n{"message":"405 Method Not Allowed - POST https://registry.npmjs.org/","statusCode":405,"error":{"summary":"","detail":""}}\nnpm error A complete log`,
      "405 Method Not Allowed - POST https://registry.npmjs.org/",
    ],
    ["is out of reach", '{"error":{"code":"ENOTFOUND","summary":"getaddrinfo"}}', "getaddrinfo"],
    ["says something else", "<html>", "npm gave no report"],
    ["says nothing", "", "npm gave no report"],
  ])("does not take it for an answer when the registry %s", (_, output, why) => {
    expect(judgeAudit(output)).toEqual({ kind: "not_asked", why });
  });
});
