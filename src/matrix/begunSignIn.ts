import type { BegunSignIn } from "@/domain/signIn";

// Apart from the rest of a sign-in on another page: this is needed before the SDK is there.

export const PENDING_KEY = "key-backup.sign-in";

/** What the form held when the person left for another page, for the next try. It stays noted. */
export function readBegun(storage: Pick<Storage, "getItem"> | null): BegunSignIn | null {
  try {
    const noted: unknown = JSON.parse(storage?.getItem(PENDING_KEY) ?? "null");
    if (typeof noted !== "object" || noted === null) return null;
    const { homeserver, memoryOnly } = { homeserver: null, memoryOnly: null, ...noted };
    return typeof homeserver === "string" && typeof memoryOnly === "boolean"
      ? { homeserver, memoryOnly }
      : null;
  } catch {
    return null;
  }
}
