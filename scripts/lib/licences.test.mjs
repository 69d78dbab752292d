import { describe, expect, it } from "vitest";
import { judgePackage, recogniseLicenceText, satisfies } from "./licences.mjs";

describe("satisfies", () => {
  const accepts = (/** @type {string} */ id) => id === "MIT" || id === "ISC";

  it.each([
    ["MIT", true],
    ["GPL-3.0-only", false],
    ["(MIT OR GPL-3.0-only)", true],
    ["GPL-3.0-only OR MIT", true],
    ["MIT AND ISC", true],
    ["MIT AND GPL-3.0-only", false],
    ["GPL-3.0-only AND MIT OR ISC", true],
    ["GPL-3.0-only AND (MIT OR ISC)", false],
    ["((MIT))", true],
    ["MIT WITH some-exception", true],
    ["GPL-3.0-only WITH Classpath-exception-2.0", false],
    ["", false],
    ["MIT ISC", false],
    ["(MIT", false],
    ["MIT OR", false],
    ["MIT AND", false],
    [")", false],
  ])("%j: %s", (expression, met) => {
    expect(satisfies(expression, accepts)).toBe(met);
  });
});

describe("recogniseLicenceText", () => {
  it.each([
    ["   Apache License\n   Version 2.0, January 2004", "Apache-2.0"],
    ["Permission is hereby granted,\nfree of charge, to any person", "MIT"],
    ["Permission to use, copy, modify, and/or distribute this", "ISC"],
    ["SIL OPEN FONT LICENSE Version 1.1 - 26 February 2007", "OFL-1.1"],
    ["GNU AFFERO GENERAL PUBLIC LICENSE Version 3", null],
    ["Apache License Version 2.0 … or the GNU Affero General Public License", null],
    ["All rights reserved.", null],
    ["", null],
  ])("%j is %s", (text, licence) => {
    expect(recogniseLicenceText(text)).toBe(licence);
  });
});

/** @param {Partial<import("./licences.mjs").InstalledPackage>} changes */
function judge(changes) {
  const usual = { name: "a", version: "1.0.0", dev: false, licence: "MIT", licenceText: "" };
  return judgePackage({ ...usual, ...changes }).problem;
}

const apacheText = "Apache License Version 2.0, January 2004";
const tokens = { name: "@vector-im/compound-design-tokens", licence: "SEE LICENSE IN README.md" };

describe("judgePackage", () => {
  it.each(["MIT", "Apache-2.0", "BSD-3-Clause", "OFL-1.1", "(GPL-3.0-only OR MIT)"])(
    "accepts %s in what ships",
    (licence) => {
      expect(judge({ licence })).toBeNull();
    },
  );

  it.each(["AGPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0", "MPL-2.0", "CC-BY-NC-4.0"])(
    "refuses %s in what ships",
    (licence) => {
      expect(judge({ licence })).toBe(`a 1.0.0: ${licence}`);
    },
  );

  it.each(["", "SEE LICENSE IN README.md", "UNLICENSED", "LicenseRef-Element-Commercial"])(
    "refuses %j in what ships, unless the LICENSE file is known",
    (licence) => {
      expect(judge({ licence })).toBe(`a 1.0.0: unknown licence "${licence}"`);
      expect(judge({ licence, licenceText: apacheText })).toBeNull();
    },
  );

  it("accepts in tools all but AGPL", () => {
    expect(judge({ dev: true, licence: "MPL-2.0" })).toBeNull();
    expect(judge({ dev: true, licence: "" })).toBeNull();
    expect(judge({ dev: true, licence: "AGPL-3.0-only OR MIT" })).toBeNull();
    expect(judge({ dev: true, licence: "AGPL-3.0-only" })).toBe("a 1.0.0: AGPL-3.0-only");
    const licenceText = "GNU AFFERO GENERAL PUBLIC LICENSE";
    expect(judge({ dev: true, licence: "SEE LICENSE IN LICENSE", licenceText })).toMatch(/AGPL/);
  });

  it("holds the design tokens at their last Apache-2.0 version", () => {
    expect(judge({ ...tokens, version: "3.0.1", licenceText: apacheText })).toBeNull();
    expect(judge({ ...tokens, version: "3.0.2", licenceText: apacheText })).toMatch(/only 3\.0\.1/);
    expect(judge({ ...tokens, version: "3.0.1", licenceText: "" })).toMatch(/not Apache-2\.0/);
    const dressedUp = { licence: "Apache-2.0", licenceText: "GNU AFFERO GENERAL PUBLIC LICENSE" };
    expect(judge({ ...tokens, version: "3.0.1", ...dressedUp })).toMatch(/not Apache-2\.0/);
  });
});
