import process from "node:process";
import { npmCommand } from "./dependencies.mjs";
import { runCommand } from "./runCommand.mjs";
import { failureFromOutput } from "./setUpError.mjs";

/**
 * @typedef {object} Component
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} version
 * @property {"required" | "optional"} scope optional ones are tools here
 */

/**
 * The software bill of materials of what ships: a CycloneDX document, by npm from the lockfile.
 * @param {string} root the project's folder
 * @param {string} name what the product is called in it; npm would take the folder's name
 * @returns {Promise<{ text: string, components: readonly Component[] }>}
 * @throws {import("./setUpError.mjs").SetUpError} with npm's words
 */
export async function makeSbom(root, name) {
  const { command, args } = npmCommand(process.env);
  const { code, output } = await runCommand(
    command,
    [
      ...args,
      "sbom",
      "--package-lock-only",
      "--sbom-format=cyclonedx",
      "--sbom-type=application",
      "--loglevel=silent",
    ],
    { cwd: root },
  );
  if (code !== 0) throw failureFromOutput("listing what ships", output);
  const document = JSON.parse(output);
  document.metadata.component.name = name;
  // Not by npm's --omit=dev: that leaves out what is also a peer of something, as React is.
  /** @type {Component[]} */
  const components = document.components.filter(
    (/** @type {Component} */ { scope }) => scope === "required",
  );
  const kept = new Set([
    document.metadata.component["bom-ref"],
    ...components.map((component) => component["bom-ref"]),
  ]);
  document.components = components;
  document.dependencies = document.dependencies
    .filter((/** @type {{ ref: string }} */ { ref }) => kept.has(ref))
    .map((/** @type {{ ref: string, dependsOn: string[] }} */ { ref, dependsOn }) => ({
      ref,
      dependsOn: dependsOn.filter((on) => kept.has(on)),
    }));
  return { text: `${JSON.stringify(document, null, 2)}\n`, components };
}
