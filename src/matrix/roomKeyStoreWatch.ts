import { Fingerprinter, FingerprintSet, fingerprintSeed } from "@/lib/fingerprints";
import type { DatabaseProblem } from "@/lib/idb";
import { watchIdbStore } from "@/lib/watchIdbStore";

/**
 * Where the crypto module keeps room keys (matrix-sdk-crypto-wasm 18.9). A test holds it against
 * the installed version; under another name nothing is watched and every read goes to the disk.
 */
const ROOM_KEY_STORE = "inbound_group_sessions3";

/**
 * Letters of a row's key that are looked at, from its end: there is the session id, or all of it
 * hashed. Two rows that look the same cost a read of the disk and nothing else.
 */
const TAIL = 16;

/** Tries to see list and count agree while keys arrive by sync. */
const COMPARISONS = 3;

/** Of this page. An update of the module that reads in another way must not meet the same surprise twice. */
let surprises = 0;

/** The crypto store's table of room keys while a restore writes to it. */
export interface RoomKeyStoreWatch {
  /** Whether reads of keys that are known to be absent are answered without the disk. */
  readonly answersFromMemory: boolean;
  /**
   * Whether the newest read of a key, which is the given one, found a copy; null when nothing was
   * read since the last call. To be asked in the same step in which the reader went on with its answer.
   */
  readonly takeRead: (roomId: string, sessionId: string) => boolean | null;
  /** This key has been stored. */
  readonly noteStored: (roomId: string, sessionId: string) => void;
  /** How often the module could not use an answer from memory. After the first there are no more. */
  readonly surprises: number;
  /** Why a write to the table was undone, or null: the module tells that it was, and not why. */
  readonly writeProblem: DatabaseProblem | null;
  /** Safe to call twice. */
  readonly stop: () => void;
}

const NOTHING: RoomKeyStoreWatch = {
  answersFromMemory: false,
  takeRead: () => null,
  noteStored: () => undefined,
  surprises: 0,
  writeProblem: null,
  stop: () => undefined,
};

/**
 * Watches the table from now on. Before the crypto module stores a key it reads whether there is a
 * copy already, one transaction a key, which is more than half of an import's time. While the watch
 * lasts, a read of a key that is certainly absent is answered at once. A key counts as possibly
 * there from the moment it was listed or its write was begun, and for ever after; reads of such
 * keys, and everything else, go to the disk. That is complete as long as nobody but this page
 * writes to the store, which the tab lock sees to. `countRows` is the module's own count, which
 * must agree with the list. `expected`: how many keys may come.
 */
export async function watchRoomKeyStore(options: {
  readonly database: string;
  readonly countRows: () => Promise<number>;
  readonly expected: number;
}): Promise<RoomKeyStoreWatch> {
  const { database, countRows } = options;
  const print = new Fingerprinter(fingerprintSeed());
  const present = new FingerprintSet(options.expected);
  /** Whether everything in the table is known. */
  let isListed = false;
  /** False once something was seen that the watch does not understand. */
  let isUnderstood = surprises === 0;
  const answers = (): boolean => isListed && isUnderstood;
  let lastRead: boolean | null = null;
  let writeProblem: DatabaseProblem | null = null;
  const printOf = (key: string) =>
    print
      .begin()
      .text(key, Math.max(0, key.length - TAIL))
      .end();
  const isKnownAbsent = (key: IDBValidKey): boolean => {
    if (typeof key !== "string") return false;
    printOf(key);
    return !present.has(print.high, print.low);
  };
  const add = (key: IDBValidKey): void => {
    if (typeof key !== "string") {
      isUnderstood = false;
      return;
    }
    printOf(key);
    present.add(print.high, print.low);
  };
  const watch = watchIdbStore(database, ROOM_KEY_STORE, {
    onWrite(key) {
      if (key === undefined) isUnderstood = false;
      else add(key);
    },
    onAbort(problem) {
      writeProblem = problem === "QuotaExceededError" ? "quota" : "unavailable";
    },
    isAbsent: (key) => answers() && isKnownAbsent(key),
    onRead(found) {
      lastRead = found;
    },
    onSurprise() {
      surprises++;
      isUnderstood = false;
    },
  });
  if (watch === null) return NOTHING;
  try {
    // The watch is on, so no write falls between it and the list.
    isListed = (await watch.listKeys(add)) && (await agrees(present, countRows));
  } catch {
    // It stays a watch; every read goes to the disk.
  }
  return {
    get answersFromMemory() {
      return answers();
    },
    takeRead() {
      const read = lastRead;
      lastRead = null;
      return read;
    },
    noteStored: () => undefined,
    get surprises() {
      return surprises;
    },
    get writeProblem() {
      return writeProblem;
    },
    stop: watch.stop,
  };
}

/** Keys may arrive between two looks, so a difference is looked at again. */
async function agrees(present: FingerprintSet, countRows: () => Promise<number>): Promise<boolean> {
  for (let turn = 0; turn < COMPARISONS; turn++) {
    if (present.size === (await countRows())) return true;
  }
  return false;
}
