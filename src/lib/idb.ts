/** Why IndexedDB did not do what it was asked. */
export type DatabaseProblem = "blocked" | "quota" | "unavailable";

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly problem: DatabaseProblem;

  constructor(problem: DatabaseProblem, cause?: unknown) {
    super(`IndexedDB: ${problem}`, { cause });
    this.problem = problem;
  }
}

/**
 * Time limits in milliseconds: after the browser said that another connection is in the way, and
 * altogether, because a request that waits in line behind such a one hears nothing at all.
 */
const BLOCKED_MS = 3000;
const SILENT_MS = 10_000;

/**
 * Opens a database, running `upgrade` when it is new or older. The connection closes itself when
 * another tab wants to upgrade or delete it; later uses of it then fail as "unavailable".
 * Rejects with a DatabaseError.
 */
export function openDatabase(
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  return withOpenRequest<IDBDatabase>(
    () => factory().open(name, version),
    (request, settle) => {
      request.addEventListener("upgradeneeded", () => upgrade(request.result));
      request.addEventListener("success", () => {
        const database = request.result;
        database.addEventListener("versionchange", () => database.close());
        if (!settle(database)) database.close();
      });
    },
  );
}

/**
 * Opens a database as it is, or null when there is none: it is not made. Close it soon: the
 * connection closes itself when another wants to upgrade or delete the database.
 */
export function openExisting(name: string): Promise<IDBDatabase | null> {
  return withOpenRequest<IDBDatabase | null>(
    () => factory().open(name),
    (request, settle) => {
      request.addEventListener("upgradeneeded", (event) => {
        if (event.oldVersion !== 0) return;
        settle(null);
        request.transaction?.abort();
      });
      request.addEventListener("success", () => {
        const database = request.result;
        database.addEventListener("versionchange", () => database.close());
        if (!settle(database)) database.close();
      });
    },
  );
}

/**
 * Whether a database of this name exists. Asks by opening it, because `databases()` is missing in
 * older browsers.
 */
export async function databaseExists(name: string): Promise<boolean> {
  const database = await openExisting(name);
  database?.close();
  return database !== null;
}

/** Deletes a database; one that does not exist is no error. Rejects as "blocked" while another tab holds it. */
export function deleteDatabase(name: string): Promise<void> {
  return withOpenRequest<void>(
    () => factory().deleteDatabase(name),
    (request, settle) => request.addEventListener("success", () => void settle()),
  );
}

/**
 * One transaction. `work` issues its requests and may await only these, or the transaction ends
 * early. Resolves with what `work` answered after everything is on disk, or with `relaxed`
 * durability in the hands of the operating system; when `work` fails nothing
 * of it is kept. Rejects with a DatabaseError.
 */
export async function transact<T>(
  database: IDBDatabase,
  stores: readonly string[],
  mode: "readonly" | "readwrite",
  work: (transaction: IDBTransaction) => Promise<T>,
  durability: IDBTransactionDurability = "strict",
): Promise<T> {
  const transaction = begin(database, stores, mode, durability);
  const done = completion(transaction);
  try {
    const [value] = await Promise.all([work(transaction), done]);
    return value;
  } catch (error) {
    done.catch(() => undefined);
    abort(transaction);
    throw toDatabaseError(error);
  }
}

/** The result of one request inside a transaction. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(toDatabaseError(request.error)));
  });
}

function begin(
  database: IDBDatabase,
  stores: readonly string[],
  mode: "readonly" | "readwrite",
  durability: IDBTransactionDurability,
): IDBTransaction {
  try {
    return database.transaction(stores, mode, { durability });
  } catch (error) {
    throw toDatabaseError(error);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It had ended already.
  }
}

function completion(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(toDatabaseError(transaction.error)));
  });
}

function withOpenRequest<T>(
  open: () => IDBOpenDBRequest,
  listen: (request: IDBOpenDBRequest, settle: (value: T) => boolean) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const giveUp = (): void => void finish(() => reject(new DatabaseError("blocked")));
    let timer = setTimeout(giveUp, SILENT_MS);
    const finish = (act: () => void): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      act();
      return true;
    };
    try {
      const request = open();
      request.addEventListener("blocked", () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, BLOCKED_MS);
      });
      request.addEventListener("error", (event) => {
        event.preventDefault();
        finish(() => reject(toDatabaseError(request.error)));
      });
      listen(request, (value) => finish(() => resolve(value)));
    } catch (error) {
      finish(() => reject(toDatabaseError(error)));
    }
  });
}

function factory(): IDBFactory {
  // Typed as always there, but missing in some private windows and embedded views.
  const found: IDBFactory | undefined = globalThis.indexedDB;
  if (found === undefined) throw new DatabaseError("unavailable");
  return found;
}

function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const isQuota = error instanceof DOMException && error.name === "QuotaExceededError";
  return new DatabaseError(isQuota ? "quota" : "unavailable", error);
}
