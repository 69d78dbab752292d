/** By the end of the name. Whoever serves the dashboard sends these types. */
export const types: ReadonlyMap<string, string> = new Map([
  ["css", "text/css; charset=utf-8"],
  ["html", "text/html; charset=utf-8"],
  ["ico", "image/x-icon"],
  ["js", "text/javascript; charset=utf-8"],
  ["json", "application/json"],
  ["map", "application/json"],
  ["png", "image/png"],
  ["svg", "image/svg+xml"],
  ["txt", "text/plain; charset=utf-8"],
  ["wasm", "application/wasm"],
  ["webmanifest", "application/manifest+json"],
  ["woff2", "font/woff2"],
]);

/** MIME type by file name; what is not known downloads as bytes, since sniffing is off. */
export function contentType(path: string): string {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return types.get(extension) ?? "application/octet-stream";
}

/** Whether compressing helps: text, JSON, SVG and wasm, but not images and fonts. */
export function isCompressible(type: string): boolean {
  return /^text\/|json|svg|wasm/.test(type);
}
