/** About what the SDK stores for a key that is encrypted with a storage key. */
const ROW_LETTERS = 1_700;

/**
 * Microseconds per bare put into an object store with three indexes, the form in which the SDK keeps
 * room keys: the least that storing in that form can cost.
 */
export async function measurePuts(rows: number, rowsPerTransaction: number): Promise<number> {
  const name = `bench-${crypto.randomUUID()}`;
  const opening = indexedDB.open(name);
  opening.addEventListener("upgradeneeded", () => {
    const store = opening.result.createObjectStore("rows");
    store.createIndex("room", "room");
    store.createIndex("backup", "backup");
    store.createIndex("sender", ["curve", "type"]);
  });
  const database = await done(opening);
  const text = "x".repeat(ROW_LETTERS);
  const startedAt = performance.now();
  for (let at = 0; at < rows; at += rowsPerTransaction) {
    const transaction = database.transaction("rows", "readwrite");
    const store = transaction.objectStore("rows");
    for (let row = at; row < Math.min(rows, at + rowsPerTransaction); row++) {
      const key = crypto.randomUUID();
      store.put({ text, room: row % 50, backup: 0, curve: key, type: 1 }, key);
    }
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(new Error("a transaction was aborted")));
    });
  }
  const ms = performance.now() - startedAt;
  database.close();
  indexedDB.deleteDatabase(name);
  return (ms * 1_000) / rows;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(new Error("IndexedDB refused")));
  });
}
