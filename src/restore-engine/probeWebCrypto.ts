import { openWebCryptoDecryptor } from "./webCryptoDecryptor";

/** Alice's private and Bob's public key of RFC 7748, section 6.1. Known to all, so no secrets. */
const PRIVATE_KEY = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo";
const EPHEMERAL = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08";
const MAC = "zpzU6BkZcNI";
const WRONG_MAC = "zpzU6BkZcNM";
const CIPHERTEXT = "hIg8yKBfzE/dKog7Sud2mp2LPnJTbY60TGoQzvTUXWKNixULS+KEFCljDzL4d2RQ";
const PLAINTEXT = "X25519, HKDF, HMAC and AES agree.";
/** The same, but of its fifteen bytes of padding only the last says so. */
const BAD_PADDING = "hIg8yKBfzE/dKog7Sud2mp2LPnJTbY60TGoQzvTUXWL/r+Z7/Jjb7kKaGOHUY6Tg";

/**
 * Whether this browser's WebCrypto decrypts backup entries: it must give a known answer, and no
 * answer for a wrong MAC and for padding that the SDK refuses. Never rejects.
 */
export async function probeWebCrypto(): Promise<boolean> {
  try {
    const key = Uint8Array.from(atob(PRIVATE_KEY), (letter) => letter.charCodeAt(0));
    const decryptor = await openWebCryptoDecryptor(key);
    const good = { ephemeral: EPHEMERAL, mac: MAC, ciphertext: CIPHERTEXT };
    const [answer, wrongMac, badPadding] = await Promise.all([
      decryptor.decrypt(good),
      decryptor.decrypt({ ...good, mac: WRONG_MAC }),
      decryptor.decrypt({ ...good, ciphertext: BAD_PADDING }),
    ]);
    return answer === PLAINTEXT && wrongMac === null && badPadding === null;
  } catch {
    return false;
  }
}
