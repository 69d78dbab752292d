import { describe, expect, it } from "vitest";
import { renderCaddyfile, renderNginxSite } from "./deployFiles.ts";
import { production, securityHeaders } from "./securityHeaders.ts";

describe.each([
  ["nginx.conf", renderNginxSite()],
  ["Caddyfile", renderCaddyfile()],
])("docs/deploy/%s", (name, text) => {
  it("is what is made from the headers; `vitest -u` writes it anew", async () => {
    await expect(text).toMatchFileSnapshot(`../../docs/deploy/${name}`);
  });

  it("has every production header, with its whole value in one pair of quotes", () => {
    for (const [header, value] of Object.entries(securityHeaders(production))) {
      expect(value).not.toMatch(/["$\\{}]/);
      expect(text).toContain(`${header} "${value}"`);
    }
  });
});
