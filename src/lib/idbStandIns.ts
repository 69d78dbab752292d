import { yieldToMain } from "./yieldToMain";

/** What reads of one object store are told and answered. */
export interface ReadListener {
  /** Whether a row of this key is certainly absent, so that a read of it need not be made. */
  isAbsent(key: IDBValidKey): boolean;
  /** A reader took the answer to a read of one row: was there one? */
  onRead(found: boolean): void;
  /** A reader did something with an answer from memory that no request can do here. */
  onSurprise(): void;
}

type Handler = ((event: Event) => unknown) | null;

/** What a stand-in stands in for, where the disk is needed after all. */
const REAL: unique symbol = Symbol("real");

/** Whatever a stand-in does not do itself is done by the real object, which is made for it. */
const passesOn = new Proxy(Object.create(null), {
  get(_target, name, standIn: { readonly [REAL]: () => object }) {
    return member(standIn[REAL](), name);
  },
  set(_target, name, value, standIn: { readonly [REAL]: () => object }) {
    return Reflect.set(standIn[REAL](), name, value);
  },
});

/**
 * A transaction for reading one store, begun when something in it needs the disk. There is one for
 * every key a restore stores, so it is a plain object: only what it does not know goes on to the
 * proxy behind it.
 */
class ReadTransaction {
  readonly #open: () => IDBTransaction;
  readonly #store: ReadStore;
  #real: IDBTransaction | null = null;
  readonly #handlers = new Map<string, Handler>();

  constructor(open: () => IDBTransaction, storeName: string, answers: Answers) {
    this.#open = open;
    this.#store = new ReadStore(() => this[REAL]().objectStore(storeName), answers);
  }

  [REAL](): IDBTransaction {
    if (this.#real === null) {
      this.#real = this.#open();
      for (const [name, handler] of this.#handlers) Reflect.set(this.#real, name, handler);
    }
    return this.#real;
  }

  objectStore(): ReadStore {
    return this.#store;
  }

  set oncomplete(handler: Handler) {
    this.#handle("oncomplete", handler);
  }

  set onabort(handler: Handler) {
    this.#handle("onabort", handler);
  }

  set onerror(handler: Handler) {
    this.#handle("onerror", handler);
  }

  #handle(name: string, handler: Handler): void {
    this.#handlers.set(name, handler);
    if (this.#real !== null) Reflect.set(this.#real, name, handler);
  }

  /** Where nothing was begun there is nothing to end. */
  abort(): void {
    this.#real?.abort();
  }

  commit(): void {
    this.#real?.commit();
  }
}

class ReadStore {
  readonly [REAL]: () => IDBObjectStore;
  readonly #answers: Answers;

  constructor(real: () => IDBObjectStore, answers: Answers) {
    this[REAL] = real;
    this.#answers = answers;
  }

  get(key: IDBValidKey): object {
    const { listener, absent } = this.#answers;
    if (!listener.isAbsent(key)) return new ReadRequest(this[REAL]().get(key), listener);
    return absent();
  }
}

/** A request that tells when its answer is taken. */
class ReadRequest {
  readonly [REAL]: () => IDBRequest;
  readonly #listener: ReadListener;

  constructor(real: IDBRequest, listener: ReadListener) {
    this[REAL] = () => real;
    this.#listener = listener;
  }

  get result(): unknown {
    const result: unknown = this[REAL]().result;
    this.#listener.onRead(result !== undefined);
    return result;
  }
}

for (const standIn of [ReadTransaction, ReadStore, ReadRequest]) {
  Object.setPrototypeOf(standIn.prototype, passesOn);
}

interface Answers {
  readonly listener: ReadListener;
  /** A request for a row that is not there. */
  readonly absent: () => object;
}

/** Answers given at once before one takes a turn of the event loop: some 3 ms of a reader's work. */
const ANSWERS_A_TURN = 48;

/**
 * Makes requests for rows that are not there. Most are answered before they are looked at, and one
 * object without state serves all of these; a reader who never has to wait would hold the thread,
 * so now and then the answer comes later, as from the disk.
 */
function createAbsentRequests(listener: ReadListener): () => object {
  const surprised = new Proxy(Object.create(null), {
    get() {
      listener.onSurprise();
    },
  });
  const request = (readyState: PropertyDescriptor, onsuccess: (handler: Handler) => void): object =>
    Object.create(surprised, {
      readyState,
      error: { value: null },
      result: {
        get() {
          listener.onRead(false);
        },
      },
      onsuccess: { set: onsuccess },
      onerror: { set() {} },
    });
  // A reader that asks to be called back has not looked whether the answer is there already.
  const answered = request({ value: "done" }, (handler) => {
    if (handler !== null) queueMicrotask(() => handler(new Event("success")));
  });
  let sinceTurn = 0;
  return () => {
    sinceTurn++;
    if (sinceTurn < ANSWERS_A_TURN) return answered;
    sinceTurn = 0;
    let isDone = false;
    let handler: Handler = null;
    void yieldToMain().then(() => {
      isDone = true;
      handler?.(new Event("success"));
    });
    return request({ get: () => (isDone ? "done" : "pending") }, (given) => {
      handler = given;
    });
  };
}

/** Makes transactions that read one store, and answers in them what the listener knows to be absent. */
export function createReadTransactions(
  storeName: string,
  listener: ReadListener,
): (open: () => IDBTransaction) => IDBTransaction {
  const answers = { listener, absent: createAbsentRequests(listener) };
  return (open) => {
    const standIn: object = new ReadTransaction(open, storeName, answers);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it does what one does, or has it done
    return standIn as IDBTransaction;
  };
}

/** A member of a browser's object; methods work on that object only. */
function member(object: object, name: PropertyKey): unknown {
  const value: unknown = Reflect.get(object, name);
  return typeof value === "function" ? value.bind(object) : value;
}
