const START_SLOTS = 1 << 12;

/** Separates room from session; no UTF-16 unit has this value. */
const SEPARATOR = 0x1_0000;

/**
 * Remembers which entries a run has met, so that a download begun anew does not count them twice.
 * Keeps a 64-bit hash per entry under a random seed: 18 to 36 bytes each, about 5 MB for 200,000.
 * Were two entries of a million to collide (about 1 in 40 million), the second would be skipped after a
 * restart and show as missing: never as restored.
 */
export class SeenEntries {
  #high = new Uint32Array(START_SLOTS);
  #low = new Uint32Array(START_SLOTS);
  /** The download that met the entry first, from 1; 0 marks a free slot. */
  #downloads = new Uint8Array(START_SLOTS);
  #size = 0;
  readonly #seed = crypto.getRandomValues(new Uint32Array(2));

  /** Remembers the entry. False when an earlier download of this run has met it already. */
  add(roomId: string, sessionId: string, download: number): boolean {
    const [high, low] = this.#hash(roomId, sessionId);
    const slot = this.#find(high, low);
    const first = this.#downloads[slot] ?? 0;
    if (first !== 0) {
      return first >= download;
    }
    this.#put(slot, high, low, download);
    this.#size++;
    if (this.#size * 2 > this.#downloads.length) {
      this.#grow();
    }
    return true;
  }

  /** The slot that holds the hash, or the free one where it belongs. */
  #find(high: number, low: number): number {
    const mask = this.#downloads.length - 1;
    let slot = low & mask;
    while (this.#downloads[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #put(slot: number, high: number, low: number, download: number): void {
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#downloads[slot] = download;
  }

  #grow(): void {
    const [high, low, downloads] = [this.#high, this.#low, this.#downloads];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(low.length * 2);
    this.#downloads = new Uint8Array(downloads.length * 2);
    for (const [slot, download] of downloads.entries()) {
      if (download !== 0) {
        const [h, l] = [high[slot] ?? 0, low[slot] ?? 0];
        this.#put(this.#find(h, l), h, l, download);
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
