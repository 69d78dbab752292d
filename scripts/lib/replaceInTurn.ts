/** What is to be found in a text, and what takes its place as it stands. */
export type Replacement = readonly [found: string | RegExp, put: string];

/**
 * Makes each replacement once, in order.
 * @throws Error when the text does not have what is to be replaced
 */
export function replaceInTurn(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((before, [found, put]) => {
    const isThere = typeof found === "string" ? before.includes(found) : found.test(before);
    if (!isThere) throw new Error(`there is no ${String(found)} in it`);
    return before.replace(found, () => put);
  }, text);
}
