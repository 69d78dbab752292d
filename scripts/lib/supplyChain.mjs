/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {string} [resolved]
 * @property {boolean} [link]
 * @property {boolean} [hasInstallScript]
 *
 * @typedef {object} Manifest
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** Packages whose install script may be run, by name. None is: .npmrc turns them all off. */
/** @type {ReadonlySet<string>} */
const scriptsAllowed = new Set();

/** Oldest versions without known holes, and what was mended there. */
const floors = [
  // CVE-2026-45056: a homeserver could make a message appear to be from another sender.
  { name: "@matrix-org/matrix-sdk-crypto-wasm", version: "18.3.1" },
  // The release that took it up, "SECURITY" in its change log.
  { name: "matrix-js-sdk", version: "41.7.0" },
  // CVE-2025-66020: a short text could stop the page in a pattern for emoji.
  { name: "valibot", version: "1.2.0" },
];

const REGISTRY = "https://registry.npmjs.org/";

/** @param {string} path in the lockfile */
const nameOf = (path) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** @param {string} version @param {string} floor both as in "18.9.0" */
export function isAtLeast(version, floor) {
  const [have, want] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const place of [0, 1, 2]) {
    const difference = (have?.[place] ?? 0) - (want?.[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  // A release comes after what was tried out before it.
  return !version.includes("-");
}

/**
 * What is wrong with where packages come from: each must be of the npm registry, at one version,
 * with the hash of its contents.
 * @param {{ packages: Record<string, LockEntry> }} lockfile
 * @param {Manifest} manifest package.json
 * @param {string} npmrc
 * @returns {readonly string[]}
 */
export function findSupplyProblems(lockfile, manifest, npmrc) {
  return [
    ...Object.entries(lockfile.packages).flatMap(([path, entry]) =>
      path === "" ? [] : entryProblems(nameOf(path), entry),
    ),
    ...Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `package.json: ${name} is "${version}", not one exact version`),
    ...floors.flatMap(({ name, version }) => floorProblems(lockfile, name, version)),
    ...["ignore-scripts=true", "save-exact=true"]
      .filter((line) => !npmrc.split(/\r?\n/).includes(line))
      .map((line) => `.npmrc: ${line} is missing`),
    ...npmrc
      .split(/\r?\n/)
      .filter((line) => /registry *=/.test(line) && !line.startsWith("omit-lockfile-registry"))
      .filter((line) => !line.endsWith(REGISTRY))
      .map((line) => `.npmrc: another registry: ${line}`),
  ];
}

/** @param {string} name @param {LockEntry} entry */
function entryProblems(name, { version = "", integrity = "", resolved, link, hasInstallScript }) {
  const problems = [];
  if (link === true || !/^\d/.test(version)) problems.push(`${name}: not a version of a registry`);
  if (resolved !== undefined && !resolved.startsWith(REGISTRY)) {
    problems.push(`${name}: from elsewhere: ${resolved}`);
  }
  if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) {
    problems.push(`${name}: without a SHA-512 of its contents`);
  }
  if (hasInstallScript === true && !scriptsAllowed.has(name)) {
    problems.push(`${name}: has an install script; look at what it does before it is named here`);
  }
  return problems;
}

/** @param {{ packages: Record<string, LockEntry> }} lockfile @param {string} name @param {string} floor */
function floorProblems(lockfile, name, floor) {
  const found = Object.entries(lockfile.packages).filter(
    ([path]) => path !== "" && nameOf(path) === name,
  );
  if (found.length === 0) return [`${name}: not in the lockfile, so its version is not known`];
  return found
    .filter(([, { version = "0" }]) => !isAtLeast(version, floor))
    .map(([, { version }]) => `${name} ${version}: has known holes, mended in ${floor}`);
}
