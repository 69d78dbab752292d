import { openExisting } from "./idb";
import { createReadTransactions, type ReadListener } from "./idbStandIns";

/** Keys listed in one transaction. */
const PAGE = 5_000;

export interface IdbStoreListener extends ReadListener {
  /** A write of a row has begun; undefined when the row's key is not given with it. */
  onWrite(key: IDBValidKey | undefined): void;
  /** A transaction that writes to the store was undone: `problem` is the error's name, if any. */
  onAbort(problem: string | null): void;
}

export interface IdbStoreWatch {
  /** Calls back with the key of every row there is now. False when the store is not there. */
  readonly listKeys: (each: (key: IDBValidKey) => void) => Promise<boolean>;
  /** Safe to call twice. */
  readonly stop: () => void;
}

/**
 * Sees every write to one object store by code in this realm, whoever makes it, and answers reads
 * of rows that the listener knows to be absent without IndexedDB. Only reads by `get`, in a
 * transaction that is for this store alone and reads only, are answered; everything else passes
 * unchanged. Works by standing in front of three methods of IndexedDB until it is stopped, because
 * the code to be watched is compiled. Null where there is no IndexedDB.
 */
export function watchIdbStore(
  databaseName: string,
  storeName: string,
  listener: IdbStoreListener,
): IdbStoreWatch | null {
  const factory: IDBFactory | undefined = globalThis.indexedDB;
  if (factory === undefined) return null;
  let active = true;
  /** The connection that lists the keys, which are read from the disk. */
  let listing: IDBDatabase | null = null;

  const readTransaction = createReadTransactions(storeName, listener);
  const unwatchReads = replace(IDBDatabase.prototype, "transaction", (original) => {
    return function watched(this: IDBDatabase, names, mode, options) {
      const open = (): IDBTransaction => original.call(this, names, mode, options);
      const concerned =
        active && this.name === databaseName && this !== listing && includes(names, storeName);
      if (!concerned) return open();
      if (isRead(names, mode)) return readTransaction(open);
      const opened = open();
      opened.addEventListener("abort", () => listener.onAbort(opened.error?.name ?? null));
      return opened;
    };
  });
  // Rows come in runs, and asking a store for its database costs more than the rest of the watch.
  let lastStore: IDBObjectStore | null = null;
  let isOurs = false;
  const seeWrite = (store: IDBObjectStore, key: IDBValidKey | undefined): void => {
    if (store !== lastStore) {
      lastStore = store;
      isOurs = store.name === storeName && store.transaction.db.name === databaseName;
    }
    if (active && isOurs) listener.onWrite(key);
  };
  const unwatchPut = replace(IDBObjectStore.prototype, "put", (original) => {
    return function watched(this: IDBObjectStore, value: unknown, key) {
      seeWrite(this, key);
      return key === undefined ? original.call(this, value) : original.call(this, value, key);
    };
  });
  const unwatchAdd = replace(IDBObjectStore.prototype, "add", (original) => {
    return function watched(this: IDBObjectStore, value: unknown, key) {
      seeWrite(this, key);
      return key === undefined ? original.call(this, value) : original.call(this, value, key);
    };
  });

  return {
    async listKeys(each) {
      const database = await openExisting(databaseName);
      if (database === null || !database.objectStoreNames.contains(storeName)) {
        database?.close();
        return false;
      }
      listing = database;
      try {
        let after: IDBValidKey | null = null;
        for (;;) {
          const store = database.transaction(storeName, "readonly").objectStore(storeName);
          const keys: readonly IDBValidKey[] = await keysAfter(store, after);
          for (const key of keys) each(key);
          const last = keys.at(-1);
          if (keys.length < PAGE || last === undefined) return true;
          after = last;
        }
      } finally {
        listing = null;
        database.close();
      }
    },
    stop() {
      active = false;
      lastStore = null;
      unwatchReads();
      unwatchPut();
      unwatchAdd();
    },
  };
}

/** Puts a method in place of another. The returned function takes it back, unless somebody else came on top. */
function replace<T extends object, K extends keyof T>(
  target: T,
  name: K,
  make: (original: T[K]) => T[K],
): () => void {
  const original = target[name];
  const ours = make(original);
  target[name] = ours;
  return () => {
    // Not the latest any more: it stays, and passes everything on.
    if (target[name] === ours) target[name] = original;
  };
}

function includes(names: string | Iterable<string>, storeName: string): boolean {
  return typeof names === "string" ? names === storeName : [...names].includes(storeName);
}

/** Whether it is a transaction for one store that only reads. */
function isRead(names: string | Iterable<string>, mode: IDBTransactionMode | undefined): boolean {
  if (mode !== undefined && mode !== "readonly") return false;
  return typeof names === "string" || [...names].length === 1;
}

function keysAfter(
  store: IDBObjectStore,
  after: IDBValidKey | null,
): Promise<readonly IDBValidKey[]> {
  return new Promise((resolve, reject) => {
    const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
    const request = store.getAllKeys(range, PAGE);
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(new Error("the keys could not be listed")));
  });
}
