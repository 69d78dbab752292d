/** Whether the browser may clear this site's storage by itself when space is short. */
export type Persistence = "persistent" | "may_be_cleared" | "unknown";

/** Asks the browser to keep what is stored until the person clears it. Some ask the person. */
export async function requestPersistence(): Promise<void> {
  try {
    await storage()?.persist();
  } catch {
    // What came of it is read when it is to be shown.
  }
}

export async function readPersistence(): Promise<Persistence> {
  try {
    const persisted = await storage()?.persisted();
    if (persisted === undefined) return "unknown";
    return persisted ? "persistent" : "may_be_cleared";
  } catch {
    return "unknown";
  }
}

/** Typed as always there, but missing on pages that are not secure. */
function storage(): StorageManager | undefined {
  return globalThis.navigator.storage;
}
