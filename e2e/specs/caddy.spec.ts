import { findCaddy } from "../../scripts/lib/ensureCaddy.mjs";
import { production } from "../../scripts/lib/securityHeaders.ts";
import { test } from "../fixtures/index.ts";
import { withCaddy } from "../support/deployedSites.ts";
import { expectEveryFile, expectRefusals } from "../support/expectServed.ts";

const caddy = findCaddy();

// `npm test` says so where there is none; then the file is compared as text alone.
if (caddy !== null) {
  test("the ready Caddyfile sends every file as the preview does, and the headers on refusals", async ({
    request,
  }) => {
    await withCaddy(caddy, async ({ url }) => {
      const encodings = { ahead: "br", onTheWay: "gzip" } as const;
      const site = { url, serving: production, encodings, refusedUnasked: "/%zz" };
      await expectEveryFile(request, site);
      await expectRefusals(request, site);
    });
  });
}
