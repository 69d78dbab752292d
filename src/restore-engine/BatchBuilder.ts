import type { RestoreFailure, RestoreFailureReason } from "@/domain/restore";
import type { EntryGate } from "./EntryGate";
import type { BackupBatch, EntryIds } from "./protocol";
import { isRoomId } from "./roomId";

/** Longest id text kept for the report; longer ones are cut. */
const MAX_REPORTED_ID = 255;

export interface BatchLimits {
  /** Entries per batch. */
  readonly entries: number;
  /** Bytes of one entry's JSON; a real one has about 900. */
  readonly entryBytes: number;
}

type Gate = Pick<EntryGate, "judge" | "high" | "low">;

/** What becomes of the entry being read. */
type Fate = "keep" | RestoreFailureReason;

/** An id as it stands in the download; `cut` when it was longer than any id may be. */
export interface ReadId {
  readonly text: string;
  readonly cut: boolean;
}

/**
 * Collects entries into batches. Their bytes are copied once, into one buffer; an entry over the
 * size limit is given up when it passes the limit, not when it ends.
 */
export class BatchBuilder {
  readonly #limits: BatchLimits;
  readonly #gate: Gate;
  readonly #maxBytes: number;
  #buffer = new Uint8Array(1 << 16);
  /** End of the last whole entry. */
  #committed = 0;
  /** End of what was copied of the entry being read. */
  #used = 0;
  #ends: number[] = [];
  #entries: EntryIds[] = [];
  #prints: number[] = [];
  #recalled = 0;
  #changed: boolean[] = [];
  #refused: RestoreFailure[] = [];
  #roomId = "";
  #roomIsBad = false;
  #sessionId = "";
  #fate: Fate = "keep";
  #closed = 0;

  /** `gate` judges every complete entry; only new ones go into batches. */
  constructor(limits: BatchLimits, gate: Gate) {
    this.#limits = limits;
    this.#gate = gate;
    this.#maxBytes = limits.entryBytes * 8;
  }

  openRoom(id: ReadId): void {
    this.#roomId = id.text;
    this.#roomIsBad = id.cut || !isRoomId(id.text);
  }

  openEntry(id: ReadId): void {
    this.#sessionId = id.text;
    this.#used = this.#committed;
    if (this.#roomIsBad) {
      this.#fate = "bad_room_id";
    } else {
      this.#fate = id.cut ? "too_large" : "keep";
    }
  }

  /** The next bytes of the entry's value. */
  append(bytes: Uint8Array): void {
    if (this.#fate !== "keep") {
      return;
    }
    const end = this.#used + bytes.length;
    if (end - this.#committed > this.#limits.entryBytes) {
      this.#fate = "too_large";
      return;
    }
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(end, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used = end;
  }

  /** Entries read so far, also those passed over. */
  get entriesRead(): number {
    return this.#closed;
  }

  /** The entry's value is complete. */
  closeEntry(): void {
    this.#closed++;
    const ids: EntryIds = { roomId: this.#roomId, sessionId: this.#sessionId };
    const kept = this.#fate === "keep";
    const content = kept ? this.#buffer.subarray(this.#committed, this.#used) : null;
    const admission = this.#gate.judge(ids, content);
    if (admission === "recalled") {
      this.#recalled++;
    }
    if (admission !== "new" && admission !== "changed") {
      return;
    }
    if (this.#fate === "keep") {
      this.#changed.push(admission === "changed");
      this.#committed = this.#used;
      this.#ends.push(this.#committed);
      this.#entries.push(ids);
      this.#prints.push(this.#gate.high, this.#gate.low);
    } else {
      this.#refused.push({
        roomId: this.#roomId.slice(0, MAX_REPORTED_ID),
        sessionId: this.#sessionId.slice(0, MAX_REPORTED_ID),
        reason: this.#fate,
      });
    }
  }

  /** Entries passed over since the last call because an earlier run has settled them. */
  takeRecalled(): number {
    const recalled = this.#recalled;
    this.#recalled = 0;
    return recalled;
  }

  get isFull(): boolean {
    return (
      this.#entries.length + this.#refused.length >= this.#limits.entries ||
      this.#committed >= this.#maxBytes
    );
  }

  /** Takes the whole entries collected so far, or null when there are none. */
  take(): BackupBatch | null {
    if (this.#entries.length + this.#refused.length === 0) {
      return null;
    }
    const batch: BackupBatch = {
      bytes: this.#buffer.slice(0, this.#committed),
      ends: this.#ends,
      entries: this.#entries,
      prints: this.#prints,
      changed: this.#changed,
      refused: this.#refused,
    };
    this.#changed = [];
    this.#committed = 0;
    this.#used = 0;
    this.#ends = [];
    this.#entries = [];
    this.#prints = [];
    this.#refused = [];
    return batch;
  }
}
