import { utf8 } from "./bytes";

/**
 * PBKDF2 with HMAC-SHA-512: 32 bytes from a passphrase and a salt, both taken as UTF-8. Runs in the
 * browser's own crypto, off the calling thread, and cannot be interrupted. The bytes are the
 * caller's to zero. Rejects where the browser has no WebCrypto.
 */
export async function derivePbkdf2(
  passphrase: string,
  { salt, iterations }: { readonly salt: string; readonly iterations: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const secret = utf8(passphrase);
  try {
    const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
    const algorithm = { name: "PBKDF2", hash: "SHA-512", salt: utf8(salt), iterations };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256));
  } finally {
    secret.fill(0);
  }
}
