const START_SLOTS = 1 << 12;

/** Separates room from session; no UTF-16 unit has this value. */
const SEPARATOR = 0x1_0000;

/**
 * Remembers which entries a run has met, so that none is counted twice: neither when a download is
 * begun anew, nor when a server sends it again, which would hide what is missing.
 * Keeps a 64-bit hash per entry under a random seed: 18 to 36 bytes each, about 5 MB for 200,000.
 * Were two entries of a million to collide (about 1 in 40 million), the second would be skipped
 * and show as missing: never as restored.
 */
export class SeenEntries {
  #high = new Uint32Array(START_SLOTS);
  #low = new Uint32Array(START_SLOTS);
  /** 1 where a hash is kept, 0 where the slot is free. */
  #taken = new Uint8Array(START_SLOTS);
  #size = 0;
  readonly #seed = crypto.getRandomValues(new Uint32Array(2));

  /** Remembers the entry. False when this run has met it already. */
  add(roomId: string, sessionId: string): boolean {
    const [high, low] = this.#hash(roomId, sessionId);
    const slot = this.#find(high, low);
    if (this.#taken[slot] !== 0) {
      return false;
    }
    this.#put(slot, high, low);
    this.#size++;
    if (this.#size * 2 > this.#taken.length) {
      this.#grow();
    }
    return true;
  }

  /** The slot that holds the hash, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#taken.length - 1;
    let slot = low & mask;
    while (this.#taken[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #put(slot: number, high: number, low: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#taken[slot] = 1;
  }

  #grow(): void {
    const [high, low, taken] = [this.#high, this.#low, this.#taken];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    this.#taken = new Uint8Array(taken.length * 2);
    for (const [slot, isTaken] of taken.entries()) {
      if (isTaken !== 0) {
        const [h, l] = [high[slot] ?? 0, low[slot] ?? 0];
        this.#put(this.#find(h, l), h, l);
      }
    }
  }

  /** Two multiplicative hashes with different factors, mixed with each other at the end. */
  #hash(roomId: string, sessionId: string): readonly [high: number, low: number] {
    let high = this.#seed[0] ?? 0;
    let low = this.#seed[1] ?? 0;
    const eat = (unit: number): void => {
      high = Math.imul(high ^ unit, 0x9e37_79b1);
      low = Math.imul(low ^ unit, 0x85eb_ca6b);
      high ^= high >>> 15;
      low ^= low >>> 13;
    };
    for (let at = 0; at < roomId.length; at++) {
      eat(roomId.charCodeAt(at));
    }
    eat(SEPARATOR);
    for (let at = 0; at < sessionId.length; at++) {
      eat(sessionId.charCodeAt(at));
    }
    high = Math.imul(high ^ (low >>> 16), 0xc2b2_ae35);
    low = Math.imul(low ^ (high >>> 16), 0x27d4_eb2f);
    return [(high ^ (high >>> 13)) >>> 0, (low ^ (low >>> 15)) >>> 0];
  }
}
