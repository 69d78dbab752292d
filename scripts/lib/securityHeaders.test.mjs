import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  cacheControl,
  contentSecurityPolicy,
  production,
  renderHeadersFile,
  securityHeaders,
} from "./securityHeaders.ts";

/** @param {string} policy @returns {Map<string, string[]>} directive to sources */
function directives(policy) {
  return new Map(
    policy.split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
}

describe("contentSecurityPolicy", () => {
  it("allows https homeservers only in production", () => {
    expect(directives(contentSecurityPolicy(false)).get("connect-src")).toEqual([
      "'self'",
      "https:",
    ]);
  });

  it("adds http on this machine, and nothing else, for the preview", () => {
    const preview = directives(contentSecurityPolicy(true));
    expect(preview.get("connect-src")).toEqual([
      "'self'",
      "https:",
      "http://localhost:*",
      "http://127.0.0.1:*",
    ]);
    preview.delete("connect-src");
    const deployed = directives(contentSecurityPolicy(false));
    deployed.delete("connect-src");
    expect(preview).toEqual(deployed);
  });

  it("has one Trusted Types policy, no inline code, no eval and no frames", () => {
    const policy = contentSecurityPolicy(false);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|blob:/);
    const found = directives(policy);
    expect(found.get("trusted-types")).toEqual(["app-worker"]);
    expect(found.get("require-trusted-types-for")).toEqual(["'script'"]);
    for (const name of [
      "default-src",
      "frame-ancestors",
      "base-uri",
      "object-src",
      "form-action",
    ]) {
      expect(found.get(name)).toEqual(["'none'"]);
    }
  });
});

describe("securityHeaders", () => {
  it("sends Strict-Transport-Security only where it is asked for", () => {
    const local = securityHeaders({ loopbackHomeservers: true, strictTransport: false });
    expect(Object.keys(local)).not.toContain("Strict-Transport-Security");
    expect(securityHeaders(production)["Strict-Transport-Security"]).toBe(
      "max-age=63072000; includeSubDomains",
    );
  });
});

describe("Permissions-Policy", () => {
  it("lets the page itself scan a code and copy a key, and nobody anything else", () => {
    const policy = securityHeaders(production)["Permissions-Policy"] ?? "";
    const allowed = policy.split(", ").filter((feature) => !feature.endsWith("=()"));
    expect(allowed).toEqual(["camera=(self)", "clipboard-write=(self)"]);
  });
});

describe("cacheControl", () => {
  it.each([
    "/assets/index-BqZx81_a.js",
    "/assets/matrix_sdk_crypto_wasm_bg-D-3kz9Qa.wasm",
    "/assets/inter-latin-wght-normal-Dx4kXJAl.woff2",
  ])("keeps %s for ever", (path) => {
    expect(cacheControl(path)).toMatch(/immutable/);
  });

  it.each([
    "/",
    "/index.html",
    "/config.json",
    "/favicon.svg",
    "/assets/plain.js",
    "/a-12345678.js",
  ])("asks again for %s", (path) => {
    expect(cacheControl(path)).toBe("no-cache");
  });
});

describe(".env.production", () => {
  it("holds the same policy for the page's meta tag, as far as such a tag can say it", () => {
    const [, inPage] =
      /^VITE_META_CSP="(.*)"$/m.exec(readFileSync(".env.production", "utf8")) ?? [];
    const wanted = contentSecurityPolicy(true).replace("frame-ancestors 'none'; ", "");
    expect(inPage).toBe(wanted);
  });
});

describe("public/_headers", () => {
  it("is the production form of the headers; `vitest -u` writes it anew", async () => {
    await expect(renderHeadersFile()).toMatchFileSnapshot("../../public/_headers");
  });

  it("has a rule for every file that is not below assets/, as it cannot say it of all others", () => {
    const names = [
      "",
      "index.html",
      ...readdirSync("public").filter((name) => !name.startsWith("_")),
    ];
    expect(names).toContain("robots.txt");
    for (const name of names)
      expect(renderHeadersFile()).toContain(`\n\n/${name}\n  Cache-Control: no-cache\n`);
  });
});
