import { decodeBase64 } from "./decodeBase64";
import type { EncryptedSession } from "./entryDecryptor";

/** Decrypts what it surely can; what it cannot, another must judge. */
export interface WebCryptoDecryptor {
  /**
   * The plaintext, or null for "not sure": the SDK takes some entries that are refused here, such
   * as those with a shorter MAC. Never rejects.
   */
  decrypt(session: EncryptedSession): Promise<string | null>;
}

const KEY_BYTES = 32;
const MAC_BYTES = 8;
const BLOCK_BYTES = 16;

/** PKCS#8 around a raw X25519 key (RFC 8410, section 7): the key itself follows. */
const PKCS8_HEAD = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20,
]);

const NOTHING = new Uint8Array(0);
const HMAC = { name: "HMAC", hash: "SHA-256" };
const HKDF = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: NOTHING };
/** HKDF gives the AES-256 key, the HMAC key and the IV, one after the other. */
const MAC_KEY_AT = 32;
const IV_AT = 64;
const DERIVED_BYTES = 80;

/** A BOM stays in, and bytes that are no UTF-8 are left to the SDK, which replaces them. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Imports the raw 32-byte key, unextractable, into the browser's own crypto. `key` is left as it is.
 * Rejects where WebCrypto has no X25519 and when the key has another length.
 */
export async function openWebCryptoDecryptor(key: Uint8Array): Promise<WebCryptoDecryptor> {
  if (key.length !== KEY_BYTES) {
    throw new RangeError("not a key of 32 bytes");
  }
  // As bytes, since a JWK would need the secret as a text, which cannot be wiped.
  const pkcs8 = new Uint8Array(PKCS8_HEAD.length + KEY_BYTES);
  pkcs8.set(PKCS8_HEAD);
  pkcs8.set(key, PKCS8_HEAD.length);
  let privateKey: CryptoKey;
  try {
    privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", false, ["deriveKey"]);
  } finally {
    pkcs8.fill(0);
  }
  return {
    async decrypt(session) {
      try {
        return await decrypt(privateKey, session);
      } catch {
        return null;
      }
    },
  };
}

/**
 * Client-Server API, "m.megolm_backup.v1.curve25519-aes-sha2", in as few calls as WebCrypto allows,
 * since X25519 aside a call costs more than what it computes. Null or a rejection: not sure.
 */
async function decrypt(
  privateKey: CryptoKey,
  { ephemeral, mac, ciphertext }: EncryptedSession,
): Promise<string | null> {
  const { subtle } = crypto;
  const ephemeralBytes = decodeBase64(ephemeral);
  const macBytes = decodeBase64(mac);
  const ciphertextBytes = decodeBase64(ciphertext);
  if (
    ephemeralBytes?.length !== KEY_BYTES ||
    macBytes?.length !== MAC_BYTES ||
    ciphertextBytes === null
  ) {
    return null;
  }
  const publicKey = await subtle.importKey("raw", ephemeralBytes, "X25519", false, []);
  const agreement = { name: "X25519", public: publicKey };
  const secret = await subtle.deriveKey(agreement, privateKey, "HKDF", false, ["deriveBits"]);
  const derived = new Uint8Array(await subtle.deriveBits(HKDF, secret, DERIVED_BYTES * 8));

  const macKeyBytes = derived.subarray(MAC_KEY_AT, IV_AT);
  const macKey = await subtle.importKey("raw", macKeyBytes, HMAC, false, ["sign"]);
  // The MAC covers an empty text (a known flaw of this algorithm).
  if (!startsWith(new Uint8Array(await subtle.sign("HMAC", macKey, NOTHING)), macBytes)) {
    return null;
  }

  const aesKeyBytes = derived.subarray(0, MAC_KEY_AT);
  const aesKey = await subtle.importKey("raw", aesKeyBytes, "AES-CBC", false, ["decrypt"]);
  const cbc = { name: "AES-CBC", iv: derived.subarray(IV_AT) };
  const plaintext = await subtle.decrypt(cbc, aesKey, ciphertextBytes);
  // Whoever takes off no padding, or more than a block, has not looked at it.
  const padding = ciphertextBytes.length - plaintext.byteLength;
  return padding >= 1 && padding <= BLOCK_BYTES ? decoder.decode(plaintext) : null;
}

/** Looks at every byte, so that the time taken does not tell where they differ. */
function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  let difference = 0;
  for (let index = 0; index < start.length; index++) {
    difference |= (bytes[index] ?? 0) ^ (start[index] ?? 0);
  }
  return difference === 0;
}
