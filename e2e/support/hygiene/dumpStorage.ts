/** One thing a page's origin has stored; bytes are base64. */
export interface StoredNote {
  readonly place: string;
  readonly text: string;
  readonly isBytes: boolean;
}

/**
 * Everything that the page's origin has stored: every row and key of every database, both web
 * storages, the caches, and the files of its private file system. Runs in the page and uses nothing
 * from outside itself. A CryptoKey that gives itself away is noted with its bytes.
 */
export async function dumpStorage(): Promise<StoredNote[]> {
  const notes: StoredNote[] = [];
  const text = (place: string, value: string): void => {
    if (value !== "") notes.push({ place, text: value, isBytes: false });
  };
  const bytes = (place: string, value: Uint8Array): void => {
    const letters = Array.from(value, (byte) => String.fromCharCode(byte)).join("");
    notes.push({ place, text: btoa(letters), isBytes: true });
  };

  async function note(place: string, value: unknown): Promise<void> {
    if (typeof value === "string") return text(place, value);
    if (typeof value !== "object" || value === null) return;
    if (ArrayBuffer.isView(value))
      return bytes(place, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (value instanceof ArrayBuffer) return bytes(place, new Uint8Array(value));
    if (value instanceof Blob) return bytes(place, new Uint8Array(await value.arrayBuffer()));
    if (value instanceof CryptoKey) {
      if (value.extractable)
        bytes(`${place} CryptoKey`, new Uint8Array(await crypto.subtle.exportKey("raw", value)));
      return;
    }
    if (Array.isArray(value) && value.every((item) => typeof item === "number"))
      return text(place, value.join(","));
    const inner = value instanceof Map ? [...value.entries()].flat() : Object.values(value);
    for (const item of inner) await note(place, item);
    if (!Array.isArray(value)) text(`${place} names`, Object.keys(value).join("\n"));
  }

  const settled = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB")));
    });

  for (const { name = "" } of await indexedDB.databases()) {
    text("names of databases", name);
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const place = `IndexedDB ${name.replace(/!.*|@.*/u, "…")} ${store}`;
      const table = database.transaction(store).objectStore(store);
      const [keys, rows] = await Promise.all([
        settled(table.getAllKeys()),
        settled<unknown[]>(table.getAll()),
      ]);
      await note(`${place} keys`, keys);
      await note(place, rows);
    }
    database.close();
  }
  for (const [place, storage] of Object.entries({ localStorage, sessionStorage })) {
    for (const [key, value] of Object.entries(storage)) text(`${place} ${key}`, String(value));
  }
  for (const name of await caches.keys()) {
    text("names of caches", name);
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      text("Cache API address", request.url);
      const body = await (await cache.match(request))?.arrayBuffer();
      if (body !== undefined) bytes("Cache API body", new Uint8Array(body));
    }
  }
  for await (const [name, handle] of await navigator.storage.getDirectory()) {
    text("names of private files", name);
    if (handle instanceof FileSystemFileHandle) await note("private file", await handle.getFile());
  }
  return notes;
}
