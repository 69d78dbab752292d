/** What the page cannot do without and does not have: WebCrypto's `subtle`, or WebAssembly. */
export function findLackingAbility(): "subtle" | "WebAssembly" | null {
  // Typed as always there, but missing on pages that are neither https nor loopback.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (subtle === undefined) return "subtle";
  return "WebAssembly" in globalThis ? null : "WebAssembly";
}
