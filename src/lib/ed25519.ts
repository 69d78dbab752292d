/** RFC 8410: what stands before the 32 bytes of a private key in PKCS #8. */
const PKCS8_HEADER = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/** The Ed25519 public key of a 32-byte seed, or null where the browser cannot derive it. */
export async function publicEd25519Of(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer> | null> {
  const pkcs8 = new Uint8Array([...PKCS8_HEADER, ...seed]);
  try {
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
    const { x } = await crypto.subtle.exportKey("jwk", key);
    if (x === undefined) return null;
    const base64 = x.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return null;
  } finally {
    pkcs8.fill(0);
  }
}
