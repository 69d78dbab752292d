/** From now on the browser has no Web Locks, until `restore` is called. */
export function withoutWebLocks(): { readonly restore: () => void } {
  Object.defineProperty(navigator, "locks", { configurable: true, value: undefined });
  // What it hides is a getter of the class.
  return { restore: () => Reflect.deleteProperty(navigator, "locks") };
}
