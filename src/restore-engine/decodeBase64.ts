const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A seventh bit, which no letter's value has. */
const INVALID = 0b100_0000;

const VALUES = new Uint8Array(128).fill(INVALID);
for (let value = 0; value < ALPHABET.length; value++) {
  VALUES[ALPHABET.charCodeAt(value)] = value;
}

/**
 * Decodes standard base64 (RFC 4648, section 4) in its one spelling, padded or not: no white space,
 * no URL-safe letters, no stray bits at the end. `atob` takes all of these, the SDK none, and what
 * we take here the SDK must take too. Null for anything else.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const letters = text.length - paddingOf(text);
  if (letters % 4 === 1) {
    return null;
  }
  const bytes = new Uint8Array(Math.floor((letters * 3) / 4));
  let seen = 0;
  let buffer = 0;
  let bits = 0;
  let end = 0;
  for (let index = 0; index < letters; index++) {
    const value = VALUES[text.charCodeAt(index)] ?? INVALID;
    seen |= value;
    buffer = (buffer << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = buffer >> bits;
    }
  }
  const strayBits = buffer & ((1 << bits) - 1);
  return (seen & INVALID) === 0 && strayBits === 0 ? bytes : null;
}

/** Padding is only taken off where it fills a group of four; elsewhere `=` is an invalid letter. */
function paddingOf(text: string): number {
  if (text.length % 4 !== 0 || !text.endsWith("=")) {
    return 0;
  }
  return text.endsWith("==") ? 2 : 1;
}
