/** `length` bytes from the platform's cryptographic generator. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Text as UTF-8. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Overwrites the bytes with zeros, as far as JavaScript can promise that. */
export function wipe(...all: readonly (Uint8Array | null)[]): void {
  for (const bytes of all) bytes?.fill(0);
}
