import { Fingerprinter, FingerprintSet } from "@/lib/fingerprints";
import type { EntryIds } from "./protocol";

/** What becomes of an entry at the gate. */
export type Admission =
  /** To be decrypted; `high` and `low` are its fingerprint now. */
  | "new"
  /** Met before in this run: uncounted, so that repeats cannot stand in for missing entries. */
  | "repeated"
  /** Met before in this run with other content: looked at too, so that what came first hides nothing. */
  | "changed"
  /** Settled by an earlier run, and the same since. */
  | "recalled";

/**
 * Lets every entry of a run pass once. It knows the ids met in this run and what earlier runs have
 * settled, both as 64-bit fingerprints, a dozen bytes each. Were two entries to collide, the second
 * would show as missing or as held though it was not looked at: the chance is one in many millions.
 */
export class EntryGate {
  readonly #print: Fingerprinter;
  readonly #met: FingerprintSet;
  readonly #settled: FingerprintSet;

  /** `expected`: how many entries will come. */
  constructor(seed: Uint32Array, settled: FingerprintSet, expected: number) {
    this.#print = new Fingerprinter(seed);
    this.#met = new FingerprintSet(2 * expected);
    this.#settled = settled;
  }

  /** The fingerprint of the entry that was judged last: its ids and its bytes. */
  get high(): number {
    return this.#print.high;
  }

  get low(): number {
    return this.#print.low;
  }

  /** `content`: the bytes of the entry's value as they came, or null for one that is refused anyway. */
  judge({ roomId, sessionId }: EntryIds, content: Uint8Array | null): Admission {
    const print = this.#print.begin().text(roomId).text(sessionId).end();
    const isFirst = this.#met.add(print.high, print.low);
    if (content === null) {
      return isFirst ? "new" : "repeated";
    }
    // Whatever changes in an entry, such as a better copy of its key, makes it new.
    print.bytes(content).end();
    if (!this.#met.add(print.high, print.low)) {
      return "repeated";
    }
    if (this.#settled.has(print.high, print.low)) {
      return isFirst ? "recalled" : "repeated";
    }
    return isFirst ? "new" : "changed";
  }
}
