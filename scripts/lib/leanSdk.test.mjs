import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lookAlikes, noCalls, standInFor } from "./leanSdk.ts";

const client = "node_modules/matrix-js-sdk/lib/client.js";

/** The module that a text is. @param {string} text @returns {Promise<Record<string, any>>} */
const load = (text) => import(`data:text/javascript,${encodeURIComponent(text)}`);

/** What the SDK's client imports: name to the module it is from. */
function importsOfClient() {
  const found = readFileSync(client, "utf8").matchAll(/^import \{ (.+) \} from "(\.\/.+)";$/gm);
  return [...found].flatMap(([, names = "", from = ""]) =>
    names.split(", ").map((name) => ({ name: name.split(" as ")[0] ?? name, from })),
  );
}

describe("the client without calls", () => {
  it("finds under each name something it can make, start and stop", async () => {
    const standIn = await load(noCalls);
    const replaced = importsOfClient().filter(({ from }) => standInFor(from, client) !== null);
    expect(new Set(replaced.map(({ name }) => name))).toEqual(new Set(Object.keys(standIn)));
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

describe("look-alikes", () => {
  it("are folded as far as Unicode calls them compatible", async () => {
    expect(standInFor("unhomoglyph", "node_modules/matrix-js-sdk/lib/utils.js")).not.toBeNull();
    const fold = (await load(lookAlikes))["default"];
    expect(fold("𝐀lice")).toBe("Alice");
    expect(fold("Alice")).toBe("Alice");
  });
});
