import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Directives of a policy by name. */
function directives(policy: string): Map<string, string> {
  return new Map(
    policy.split(";").map((part) => {
      const [name = "", ...sources] = part.trim().split(/\s+/);
      return [name, sources.join(" ")];
    }),
  );
}

it("is the policy of the headers, as far as a meta tag can say it", async () => {
  const { contentSecurityPolicy } = (await import(
    new URL("../../scripts/lib/securityHeaders.ts", import.meta.url).href
  )) as { contentSecurityPolicy: (loopbackHomeservers: boolean) => string };
  const env = readFileSync(new URL("../../.env.production", import.meta.url), "utf8");
  const meta = /VITE_META_CSP="(.*)"/.exec(env)?.[1] ?? "";

  const expected = directives(contentSecurityPolicy(true));
  expect(expected.delete("frame-ancestors")).toBe(true);
  expect(directives(meta)).toEqual(expected);
});

it("stands in the page before anything is loaded", () => {
  const html = readFileSync(new URL("../../index.html", import.meta.url), "utf8");
  expect(html).toContain("%VITE_META_CSP%");
  expect(html.indexOf("%VITE_META_CSP%")).toBeLessThan(html.indexOf("<script"));
  expect(html.indexOf("%VITE_META_CSP%")).toBeLessThan(html.indexOf("<link"));
});
