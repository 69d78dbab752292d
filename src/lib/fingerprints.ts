/** Separates one part from the next, so that "ab","c" and "a","bc" differ; no UTF-16 unit has this value. */
const SEPARATOR = 0x1_0000;

/** A fresh seed. Fingerprints under different seeds have nothing to do with each other. */
export function fingerprintSeed(): Uint32Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint32Array(2));
}

/**
 * Makes 64-bit fingerprints of texts and bytes under a seed: two multiplicative hashes with
 * different factors. Whoever does not know the seed cannot make two things collide on purpose; by
 * accident any two of a million do with a chance of about 1 in 40 million. Not a cryptographic hash.
 */
export class Fingerprinter {
  readonly #seedHigh: number;
  readonly #seedLow: number;
  #high = 0;
  #low = 0;

  constructor(seed: Uint32Array) {
    this.#seedHigh = seed[0] ?? 0;
    this.#seedLow = seed[1] ?? 0;
    this.begin();
  }

  /** First 32 bits of the fingerprint; meaningful after `end`. */
  get high(): number {
    return this.#high;
  }

  /** Last 32 bits. */
  get low(): number {
    return this.#low;
  }

  begin(): this {
    this.#high = this.#seedHigh;
    this.#low = this.#seedLow;
    return this;
  }

  /** `from`: where to begin in the text. */
  text(part: string, from = 0): this {
    for (let at = from; at < part.length; at++) {
      this.#eat(part.charCodeAt(at));
    }
    this.#eat(SEPARATOR);
    return this;
  }

  bytes(part: Uint8Array): this {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    const whole = part.length & ~3;
    for (let at = 0; at < whole; at += 4) {
      this.#eat(view.getInt32(at, true));
    }
    for (let at = whole; at < part.length; at++) {
      this.#eat(view.getUint8(at));
    }
    this.#eat(part.length ^ SEPARATOR);
    return this;
  }

  /**
   * Mixes the two halves with each other. Afterwards `high` and `low` are the fingerprint; with
   * further parts it becomes that of the longer sequence.
   */
  end(): this {
    let high = Math.imul(this.#high ^ (this.#low >>> 16), 0xc2b2_ae35);
    let low = Math.imul(this.#low ^ (high >>> 16), 0x27d4_eb2f);
    high ^= high >>> 13;
    low ^= low >>> 15;
    this.#high = high >>> 0;
    this.#low = low >>> 0;
    return this;
  }

  #eat(word: number): void {
    const high = Math.imul(this.#high ^ word, 0x9e37_79b1);
    const low = Math.imul(this.#low ^ word, 0x85eb_ca6b);
    this.#high = high ^ (high >>> 15);
    this.#low = low ^ (low >>> 13);
  }
}

/** Slots a set begins with at most, whatever number somebody else promises: 16 MB. */
const MAX_FIRST_SLOTS = 1 << 21;
const MIN_SLOTS = 64;
const FULLEST = 0.75;

/** A set of fingerprints: about 11 bytes for each one that it was made for. */
export class FingerprintSet {
  /** Two words a slot; both 0 where it is free. */
  #words: Uint32Array<ArrayBuffer>;
  #slots: number;
  #size = 0;

  /** `expected`: how many there will be. With more it grows, which costs a moment. */
  constructor(expected: number) {
    const wanted = Math.ceil(Math.max(0, expected) / FULLEST) + MIN_SLOTS;
    this.#slots = Math.min(wanted, MAX_FIRST_SLOTS);
    this.#words = new Uint32Array(this.#slots * 2);
  }

  get size(): number {
    return this.#size;
  }

  has(high: number, low: number): boolean {
    return !this.#isFree(this.#find(high, low || 1));
  }

  /** False when it was there already. */
  add(high: number, low: number): boolean {
    const filled = low || 1;
    const slot = this.#find(high, filled);
    if (!this.#isFree(slot)) {
      return false;
    }
    this.#put(slot, high, filled);
    this.#size++;
    if (this.#size > this.#slots * FULLEST) {
      this.#grow();
    }
    return true;
  }

  #isFree(slot: number): boolean {
    return this.#words[slot * 2 + 1] === 0;
  }

  /** The slot that holds it, or the free one where it belongs. `low` is not 0. */
  #find(high: number, low: number): number {
    const words = this.#words;
    let slot = low % this.#slots;
    for (;;) {
      const found = words[slot * 2 + 1];
      if (found === 0 || (found === low && words[slot * 2] === high)) {
        return slot;
      }
      slot = slot + 1 === this.#slots ? 0 : slot + 1;
    }
  }

  #put(slot: number, high: number, low: number): void {
    this.#words[slot * 2] = high;
    this.#words[slot * 2 + 1] = low;
  }

  #grow(): void {
    const words = this.#words;
    this.#slots = Math.ceil(this.#slots * 1.7);
    this.#words = new Uint32Array(this.#slots * 2);
    for (let at = 0; at < words.length; at += 2) {
      const [high, low] = [words[at] ?? 0, words[at + 1] ?? 0];
      if (low !== 0) {
        this.#put(this.#find(high, low), high, low);
      }
    }
  }
}
