/**
 * A public key as people compare it: its base64 in groups of four. It is public, and which key a
 * backup is locked with is all that tells one backup's owner from another's.
 */
export function formatFingerprint(publicKey: string | null): string {
  return publicKey === null ? "Not readable" : (publicKey.match(/.{1,4}/gu)?.join(" ") ?? "");
}
