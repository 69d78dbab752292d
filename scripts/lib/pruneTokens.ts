import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** As much of PostCSS's tree as is needed here. */
export interface Declaration {
  readonly prop: string;
  readonly value: string;
  remove(): unknown;
}
export interface StyleSheet {
  walkDecls(prop: RegExp, visit: (declaration: Declaration) => void): void;
}

const TOKEN = /--cpd-[\w-]+/g;

/** The design tokens that any source file below a folder names. */
export function tokensNamedIn(folder: string): ReadonlySet<string> {
  const named = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(css|tsx?)$/.test(entry.name)) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const [token] of text.matchAll(TOKEN)) named.add(token);
  }
  return named;
}

/**
 * Removes the definitions of design tokens that are neither named nor behind one that is. A token
 * may be defined more than once, for several themes: what any of its definitions refers to is kept.
 */
export function pruneTokens(sheet: StyleSheet, named: ReadonlySet<string>): void {
  const behind = new Map<string, string[]>();
  sheet.walkDecls(/^--cpd-/, ({ prop, value }) => {
    behind.set(prop, [...(behind.get(prop) ?? []), ...(value.match(TOKEN) ?? [])]);
  });
  const kept = new Set<string>();
  const waiting = [...named];
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    if (kept.has(token)) continue;
    kept.add(token);
    waiting.push(...(behind.get(token) ?? []));
  }
  sheet.walkDecls(/^--cpd-/, (declaration) => {
    if (!kept.has(declaration.prop)) declaration.remove();
  });
}

/**
 * A PostCSS plugin that keeps only the tokens which the sources in `folder` name. It works on the
 * sheet before the bundler hashes it, so that the file's name changes with what is in it.
 */
export function pruneTokensPlugin(folder: string): {
  postcssPlugin: string;
  OnceExit(sheet: StyleSheet): void;
} {
  return {
    postcssPlugin: "prune-tokens",
    OnceExit: (sheet) => pruneTokens(sheet, tokensNamedIn(folder)),
  };
}
