import { isObject } from "./errorOfAnswer";

/**
 * JSON as the spec has it signed: members in the order of their names, nothing between them, whole
 * numbers only (Appendices, "Canonical JSON"). Throws on a number it has no spelling for.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isObject(value)) {
    const members = Object.entries(value)
      .toSorted(([one], [two]) => compareByCodePoint(one, two))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new TypeError("canonical JSON has whole numbers only");
  }
  return JSON.stringify(value);
}

/** By code point, as the spec orders; JavaScript's own order is by UTF-16 unit. */
function compareByCodePoint(one: string, two: string): number {
  const [a, b] = [Array.from(one), Array.from(two)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
