/**
 * The answer of `npm audit --json`, judged. "Not asked" is an answer of its own: a registry that
 * does not answer has not said that all is well.
 * @typedef {{ kind: "asked", findings: readonly string[], lesser: number }
 *   | { kind: "not_asked", why: string }} Audit
 */

/**
 * @param {string} output what npm wrote; warnings may stand around the JSON
 * @returns {Audit} findings are the high and critical ones
 */
export function judgeAudit(output) {
  const report = parseReport(output);
  const { vulnerabilities, metadata } = report;
  if (typeof vulnerabilities !== "object" || vulnerabilities === null || metadata === undefined) {
    const said = [report["message"], report["error"]?.summary].find(
      (text) => typeof text === "string" && text !== "",
    );
    return { kind: "not_asked", why: said ?? "npm gave no report" };
  }
  /** @type {{ name: string, severity: string }[]} */
  const all = Object.values(vulnerabilities);
  const high = all.filter(({ severity }) => severity === "high" || severity === "critical");
  return {
    kind: "asked",
    findings: high.map(({ name, severity }) => `${name}: ${severity}`),
    lesser: all.length - high.length,
  };
}

/** @param {string} output @returns {Record<string, any>} */
function parseReport(output) {
  const start = output.indexOf("{");
  const end = output.lastIndexOf("}");
  try {
    return JSON.parse(output.slice(start, end + 1));
  } catch {
    return {};
  }
}
