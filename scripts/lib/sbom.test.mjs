import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./bootstrap.mjs";
import { makeSbom } from "./sbom.mjs";

describe("makeSbom", () => {
  it("lists what ships, at the lockfile's versions and with its hashes, and no tools", async () => {
    const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const { text, components } = await makeSbom(root, "key-backup");
    const document = JSON.parse(text);
    expect(document).toMatchObject({
      bomFormat: "CycloneDX",
      metadata: { component: { name: "key-backup", type: "application" } },
    });
    /** @type {[string, { version: string, integrity: string, dev?: boolean, optional?: boolean, devOptional?: boolean }][]} */
    const locked = Object.entries(lockfile.packages);
    const shipped = locked
      .filter(([path]) => path !== "")
      // The last: types, of use to whoever builds only.
      .filter(([, { dev, optional, devOptional }]) => !(dev || optional || devOptional))
      .map(([path, { version, integrity }]) => ({
        name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
        version,
        hashes: [
          {
            alg: "SHA-512",
            content: Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex"),
          },
        ],
      }));
    expect(shipped.map(({ name }) => name)).toContain("react-dom");
    expect(components).toHaveLength(shipped.length);
    for (const entry of shipped) {
      expect(components).toContainEqual(expect.objectContaining(entry));
    }
    const refs = new Set(components.map((component) => component["bom-ref"]));
    for (const { dependsOn } of document.dependencies) {
      for (const on of dependsOn) expect(refs).toContain(on);
    }
  });
});
