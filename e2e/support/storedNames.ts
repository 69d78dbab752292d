import type { Page } from "@playwright/test";

/** What a page's origin has stored, as text that a test can search. */
export interface StoredNames {
  readonly databases: readonly string[];
  readonly localStorage: readonly string[];
  /** Every record of the dashboard's own database as JSON; bytes and keys by their type only. */
  readonly records: readonly string[];
}

/** Everything a page's origin and tab have stored, by name; empty when there is nothing at all. */
export function storedAnything(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => `IndexedDB ${name ?? ""}`);
    const cached = (await caches.keys()).map((name) => `cache ${name}`);
    const root = await navigator.storage.getDirectory();
    const files: string[] = [];
    for await (const name of root.keys()) files.push(`file ${name}`);
    return [
      ...databases,
      ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
      ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
      ...cached,
      ...files,
      ...(document.cookie === "" ? [] : ["a cookie"]),
    ];
  });
}

/** Reads names of databases and every record of the dashboard's own one. */
export function storedNames(page: Page): Promise<StoredNames> {
  return page.evaluate(readStored);
}

/** The same, to be run inside a page of any browser: it uses nothing from outside itself. */
export async function readStored(): Promise<StoredNames> {
  const databases = (await indexedDB.databases()).map((database) => database.name ?? "");
  const records: string[] = [];
  for (const name of databases.filter((candidate) => !/matrix-sdk-crypto/.test(candidate))) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error ?? new Error(name)));
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error ?? new Error(store)));
      });
      for (const row of rows)
        records.push(
          JSON.stringify(row, (_key, value: unknown) => {
            if (value instanceof Uint8Array) return String.fromCharCode(...value);
            if (value instanceof ArrayBuffer) return String.fromCharCode(...new Uint8Array(value));
            if (value instanceof CryptoKey) return `CryptoKey extractable=${value.extractable}`;
            return value;
          }),
        );
    }
    database.close();
  }
  return {
    databases,
    localStorage: Object.entries(localStorage).map(([key, value]) => `${key}=${value}`),
    records,
  };
}
