/** What reads of one object store are told and answered. */
export interface ReadListener {
  /** Whether a row of this key is certainly absent, so that a read of it need not be made. */
  isAbsent(key: IDBValidKey): boolean;
  /** A reader took the answer to a read of one row: was there one? */
  onRead(found: boolean): void;
  /** A reader did something with an answer from memory that no request can do here. */
  onSurprise(): void;
}

const HANDLERS = new Set<PropertyKey>(["oncomplete", "onabort", "onerror"]);

/** A transaction for reading one store that is begun when something in it needs the disk. */
export function createTransaction(
  open: () => IDBTransaction,
  storeName: string,
  listener: ReadListener,
): IDBTransaction {
  const handlers = new Map<PropertyKey, unknown>();
  let real: IDBTransaction | null = null;
  const opened = (): IDBTransaction => {
    if (real === null) {
      real = open();
      for (const [name, handler] of handlers) Reflect.set(real, name, handler);
    }
    return real;
  };
  const store = (): IDBObjectStore => opened().objectStore(storeName);
  const watchedStore = standIn<IDBObjectStore>(IDBObjectStore.prototype, {
    get: (name) =>
      name === "get"
        ? (key: IDBValidKey) =>
            listener.isAbsent(key)
              ? createAbsentRequest(listener)
              : watchRequest(store().get(key), listener)
        : member(store(), name),
    set: (name, value) => Reflect.set(store(), name, value),
  });
  return standIn<IDBTransaction>(IDBTransaction.prototype, {
    get(name) {
      if (name === "objectStore") return () => watchedStore;
      if (real !== null) return member(real, name);
      if (HANDLERS.has(name)) return handlers.get(name) ?? null;
      // Nothing was begun: there is nothing to end.
      if (name === "abort" || name === "commit") return () => undefined;
      return member(opened(), name);
    },
    set(name, value) {
      if (!HANDLERS.has(name)) return Reflect.set(opened(), name, value);
      handlers.set(name, value);
      return real === null || Reflect.set(real, name, value);
    },
  });
}

/** A request that tells when its answer is taken. */
function watchRequest(request: IDBRequest, listener: ReadListener): IDBRequest {
  return standIn<IDBRequest>(IDBRequest.prototype, {
    get(name) {
      const value = member(request, name);
      if (name === "result") listener.onRead(value !== undefined);
      return value;
    },
    set: (name, value) => Reflect.set(request, name, value),
  });
}

/** A request that has been answered: there is no such row. */
function createAbsentRequest(listener: ReadListener): IDBRequest {
  return standIn<IDBRequest>(IDBRequest.prototype, {
    get(name) {
      switch (name) {
        case "readyState":
          return "done";
        case "error":
          return null;
        case "result":
          listener.onRead(false);
          return undefined;
        default:
          listener.onSurprise();
          return undefined;
      }
    },
    set(name, value) {
      // A reader that asks to be called back has not looked whether the answer is there already.
      if (name === "onsuccess" && typeof value === "function") {
        queueMicrotask(() => void Reflect.apply(value, undefined, [new Event("success")]));
      }
      return true;
    },
  });
}

/** An object of a browser's class that is something else beneath. */
function standIn<T extends object>(
  prototype: T,
  traps: {
    readonly get: (name: PropertyKey) => unknown;
    readonly set: (name: PropertyKey, value: unknown) => boolean;
  },
): T {
  const target: T = Object.create(prototype);
  return new Proxy(target, {
    get: (_target, name) => traps.get(name),
    set: (_target, name, value) => traps.set(name, value),
  });
}

/** A member of a browser's object; methods work on that object only. */
function member(object: object, name: PropertyKey): unknown {
  const value: unknown = Reflect.get(object, name);
  return typeof value === "function" ? value.bind(object) : value;
}
