/** What the page cannot do without and does not have: WebCrypto's `subtle`, or WebAssembly. */
export function findLackingAbility(): "subtle" | "WebAssembly" | null {
  // Typed as always there, but missing on pages that are neither https nor loopback.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (subtle === undefined) return "subtle";
  return "WebAssembly" in globalThis ? null : "WebAssembly";
}

/** Whether tabs can lock each other out. Without that nothing may be stored: see tabLock.ts. */
export function hasWebLocks(): boolean {
  // Typed as always there, but missing in browsers from before 2022 and on insecure pages.
  const locks: LockManager | undefined = globalThis.navigator?.locks;
  return locks !== undefined;
}
