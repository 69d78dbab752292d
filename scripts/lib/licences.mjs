/**
 * What the lockfile and the installed folder say about one package.
 * @typedef {object} InstalledPackage
 * @property {string} name
 * @property {string} version
 * @property {boolean} dev only needed to build and test
 * @property {string} licence from the package's metadata; "" when it says nothing
 * @property {string} licenceText the LICENSE file in the package; "" without one
 */

const permissive = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "OFL-1.1",
  "Unlicense",
]);

/** Packages whose later versions have another licence, so that no update slips in. */
const frozen = new Map([
  ["@vector-im/compound-design-tokens", { version: "3.0.1", licence: "Apache-2.0" }],
]);

/**
 * Whether an SPDX expression is met when only some licences are accepted: one side of an OR is
 * enough, an AND needs both. "WITH" exceptions only ever add permissions.
 * @param {string} expression as in "(MIT OR GPL-3.0-only)"
 * @param {(licence: string) => boolean} accepts
 * @returns {boolean}
 */
export function satisfies(expression, accepts) {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let position = 0;
  const take = (/** @type {string} */ token) => tokens[position] === token && ++position > 0;
  /** @returns {boolean} */
  const single = () => {
    if (take("(")) {
      const inner = either();
      return take(")") && inner;
    }
    const licence = tokens[position++];
    if (take("WITH")) position++;
    return licence !== undefined && licence !== ")" && accepts(licence);
  };
  /** @returns {boolean} */
  const both = () => {
    let met = single();
    while (take("AND")) met = single() && met;
    return met;
  };
  /** @returns {boolean} */
  const either = () => {
    let met = both();
    while (take("OR")) met = both() || met;
    return met;
  };
  const met = either();
  return met && position === tokens.length;
}

/**
 * The licence that a LICENSE file states, by its wording.
 * @param {string} text
 * @returns {string | null} an SPDX id; null when it is none of the few known here
 */
export function recogniseLicenceText(text) {
  const words = text.replaceAll(/\s+/g, " ");
  if (/GNU (AFFERO |LESSER )?GENERAL PUBLIC LICENSE/i.test(words)) return null;
  if (/Apache License,? Version 2\.0/i.test(words)) return "Apache-2.0";
  if (/Permission is hereby granted, free of charge/i.test(words)) return "MIT";
  if (/Permission to use, copy, modify, and\/or distribute/i.test(words)) return "ISC";
  if (/SIL OPEN FONT LICENSE Version 1\.1/i.test(words)) return "OFL-1.1";
  return null;
}

/**
 * The licence to count a package under, and what is wrong with it. What ships with the dashboard
 * must be permissive; tools may be anything but AGPL.
 * @param {InstalledPackage} found
 * @returns {{ licence: string, problem: string | null }}
 */
export function judgePackage({ name, version, dev, licence, licenceText }) {
  const spoken = /^$|SEE LICEN[CS]E|^UNLICENSED$|^LicenseRef/i.test(licence) ? null : licence;
  const judged = spoken ?? recogniseLicenceText(licenceText) ?? "unknown";
  /** @param {string} reason */
  const bad = (reason) => ({ licence: judged, problem: `${name} ${version}: ${reason}` });

  const only = frozen.get(name);
  if (only !== undefined) {
    if (version !== only.version) {
      return bad(`only ${only.version} is ${only.licence}; later versions have another licence`);
    }
    if (recogniseLicenceText(licenceText) !== only.licence) {
      return bad(`its LICENSE file is not ${only.licence}`);
    }
  }
  if (dev) {
    const agpl = (/** @type {string} */ id) => /AGPL|AFFERO/i.test(id);
    if (judged !== "unknown" && !satisfies(judged, (id) => !agpl(id))) return bad(judged);
    if (judged === "unknown" && agpl(`${licence} ${licenceText}`)) return bad("AGPL");
    return { licence: judged, problem: null };
  }
  if (!satisfies(judged, (id) => permissive.has(id))) {
    return bad(judged === "unknown" ? `unknown licence "${licence}"` : judged);
  }
  return { licence: judged, problem: null };
}
