import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  lookAlikes,
  noCalls,
  noFileTrees,
  noOldCrypto,
  noSlidingSync,
  standInFor,
} from "./leanSdk.ts";

const client = "node_modules/matrix-js-sdk/lib/client.js";
const crypto = "node_modules/matrix-js-sdk/lib/rust-crypto/index.js";

/** The module that a text is. @param {string} text @returns {Promise<Record<string, any>>} */
const load = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`);

/** What a module of the SDK imports: name to the module it is from. @param {string} path */
function importsOf(path) {
  const found = readFileSync(path, "utf8").matchAll(/^import \{ (.+) \} from "(\.\/.+)";$/gm);
  return [...found].flatMap(([, names = "", from = ""]) =>
    names.split(", ").map((name) => ({ name: name.split(" as ")[0] ?? name, from })),
  );
}

/** The names that a module imports from what one stand-in takes the place of. @param {string} path @param {string} id */
const replacedIn = (path, id) =>
  new Set(
    importsOf(path)
      .filter(({ from }) => standInFor(from, path) === id)
      .map(({ name }) => name),
  );

describe("the client without calls", () => {
  it("finds under each name something it can make, start and stop", async () => {
    const standIn = await load(noCalls);
    expect(replacedIn(client, "\0no-calls")).toEqual(new Set(Object.keys(standIn)));
    expect(standIn["supportsMatrixCall"]()).toBe(false);
    for (const name of Object.keys(standIn).filter((name) => /^[A-Z]/.test(name))) {
      const made = new standIn[name]({}, {});
      expect(() => [made.start(), made.stop()]).not.toThrow();
    }
  });

  it("is asked of the client alone, and of nothing but calls", () => {
    expect(standInFor("./webrtc/call.js", "node_modules/matrix-js-sdk/lib/matrix.js")).toBeNull();
    expect(standInFor("./webrtc/call.js", undefined)).toBeNull();
    expect(standInFor("./sync.js", client)).toBeNull();
    expect(standInFor("./matrixrtc/types.js", client)).toBeNull();
  });
});

describe.each([
  ["sliding sync", client, "\0no-sliding-sync", noSlidingSync],
  ["trees of files", client, "\0no-file-trees", noFileTrees],
  ["the old crypto", crypto, "\0no-old-crypto", noOldCrypto],
])("what is left out: %s", (_, importer, id, text) => {
  it("has all names that the SDK asks for, and says so when it is reached", async () => {
    const standIn = await load(text);
    expect(replacedIn(importer, id)).toEqual(new Set(Object.keys(standIn)));
    const store = { containsData: async () => true };
    for (const part of Object.values(standIn).filter((part) => typeof part === "function")) {
      const reach = async () =>
        String(part).startsWith("class") ? new part() : part({ legacyStore: store });
      await expect(reach()).rejects.toThrow("not part of this build");
    }
  });

  it("stays where something else asks for it", () => {
    const from = importsOf(importer).find((one) => standInFor(one.from, importer) === id)?.from;
    expect(from).toMatch(/^\.\//);
    expect(standInFor(String(from), "node_modules/matrix-js-sdk/lib/matrix.js")).toBeNull();
  });
});

describe("the old crypto's empty store", () => {
  it("is passed over, as the SDK does", async () => {
    const standIn = await load(noOldCrypto);
    const empty = { legacyStore: { containsData: async () => false } };
    await expect(standIn["migrateFromLegacyCrypto"](empty)).resolves.toBeUndefined();
    await expect(standIn["migrateRoomSettingsFromLegacyCrypto"](empty)).resolves.toBeUndefined();
  });
});

describe("look-alikes", () => {
  it("are folded as far as Unicode calls them compatible", async () => {
    expect(standInFor("unhomoglyph", "node_modules/matrix-js-sdk/lib/utils.js")).not.toBeNull();
    const fold = (await load(lookAlikes))["default"];
    expect(fold("𝐀lice")).toBe("Alice");
    expect(fold("Alice")).toBe("Alice");
  });
});
