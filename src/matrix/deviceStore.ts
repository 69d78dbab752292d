import type { SignedInUser } from "@/domain/session";
import { databaseExists, deleteDatabase } from "@/lib/idb";

const OURS = "key-backup|";
const DATA_SUFFIX = "::matrix-sdk-crypto";

/** One crypto store per user and device. The prefix of its IndexedDB databases. */
export function cryptoStorePrefix(user: Pick<SignedInUser, "userId" | "deviceId">): string {
  return `${OURS}${user.userId}|${user.deviceId}`;
}

/**
 * Prefixes of every crypto store this app left in the browser; for when the record that would name
 * it cannot be read. Empty where the browser cannot list its databases.
 */
export async function listCryptoStorePrefixes(): Promise<readonly string[]> {
  // Firefox before 126 lacks it.
  if (!("databases" in globalThis.indexedDB)) return [];
  const names = (await globalThis.indexedDB.databases()).map((database) => database.name ?? "");
  return names
    .filter((name) => name.startsWith(OURS) && name.endsWith(DATA_SUFFIX))
    .map((name) => name.slice(0, -DATA_SUFFIX.length));
}

/** The database in which the SDK's Rust crypto keeps its data (matrix-js-sdk 43, `clearStores`). */
export function cryptoDatabaseName(prefix: string): string {
  return prefix + DATA_SUFFIX;
}

/** The database that remembers how far a restore into this crypto store came. */
export function restoreCursorName(prefix: string): string {
  return `${prefix}::restore-cursor`;
}

/** The database with the journal of changes that are under way on this device. */
export function changeJournalName(prefix: string): string {
  return `${prefix}::change-journal`;
}

/** The database that says which backup version the crypto store's marks of upload are about. */
export function uploadedToName(prefix: string): string {
  return `${prefix}::uploaded-to`;
}

/**
 * The two databases of a crypto store. Deleted by us rather than by `clearStores`, which waits for
 * ever when another tab holds one of them.
 */
function databaseNames(prefix: string): { readonly data: string; readonly meta: string } {
  return { data: cryptoDatabaseName(prefix), meta: `${prefix}${DATA_SUFFIX}-meta` };
}

/** How much of a crypto store is there. Rejects with a DatabaseError, "blocked" while it is being deleted. */
export async function findCryptoStore(prefix: string): Promise<"whole" | "part" | "none"> {
  const { data, meta } = databaseNames(prefix);
  const found = [await databaseExists(data), await databaseExists(meta)];
  if (found.every(Boolean)) return "whole";
  return found.some(Boolean) ? "part" : "none";
}

/** Whether both databases are there. Rejects with a DatabaseError, "blocked" while one is being deleted. */
export async function cryptoStoreExists(prefix: string): Promise<boolean> {
  return (await findCryptoStore(prefix)) === "whole";
}

/** Deletes the crypto store and what is remembered about it. Rejects with a DatabaseError, "blocked" when another tab holds it open. */
export async function deleteCryptoStore(prefix: string): Promise<void> {
  const { data, meta } = databaseNames(prefix);
  const remembered = [restoreCursorName, changeJournalName, uploadedToName].map((name) =>
    name(prefix),
  );
  await Promise.all([data, meta, ...remembered].map(deleteDatabase));
}
