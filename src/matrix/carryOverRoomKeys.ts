import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { yieldToMain } from "@/lib/yieldToMain";
import { decodeBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";
import { withFreed } from "./olmMachine";
import { idOf, listRoomKeys, takeId } from "./roomKeyIds";

interface CarryOverSizes {
  /** Room keys in the clear at one time: each export reads the whole store, so not too few. */
  readonly perExport: number;
  /** Room keys per import, after which it can be stopped. */
  readonly perImport: number;
}

const SIZES: CarryOverSizes = { perExport: 4_000, perImport: 500 };

/** One entry of an export; its `session_key` is secret. */
type ExportedKey = Readonly<Record<string, unknown>>;

/**
 * Copies every room key of one crypto store into another, as not backed up, and compares: complete
 * only when afterwards the other holds each of the `count` keys from the same message or an earlier one on. Takes
 * nothing away from either. Rejects when a store fails, and with the signal's reason when aborted.
 */
export async function carryOverRoomKeys(
  from: OlmMachine,
  to: OlmMachine,
  signal: AbortSignal,
  sizes = SIZES,
): Promise<{ readonly complete: boolean; readonly count: number }> {
  const ids = [...(await listRoomKeys(from))];
  let complete = true;
  for (const part of slices(ids, sizes.perExport)) {
    signal.throwIfAborted();
    complete =
      (await carryOver(part, { from, to, signal, perImport: sizes.perImport })) && complete;
  }
  const held = await listRoomKeys(to);
  return { complete: complete && ids.every((id) => held.has(id)), count: ids.length };
}

async function carryOver(
  ids: readonly string[],
  {
    from,
    to,
    signal,
    perImport,
  }: {
    readonly from: OlmMachine;
    readonly to: OlmMachine;
    readonly signal: AbortSignal;
    readonly perImport: number;
  },
): Promise<boolean> {
  const exported = await exportRoomKeys(from, new Set(ids));
  const notStored = new Set(ids);
  for (const part of slices([...exported.values()], perImport)) {
    signal.throwIfAborted();
    for (const id of await importRoomKeys(to, part)) notStored.delete(id);
    await yieldToMain();
  }
  if (notStored.size === 0) return true;
  // The rest is skipped only for a copy said to be as good: seen for ourselves before it is believed.
  const there = await exportRoomKeys(to, notStored);
  return [...notStored].every((id) => isAsGood(there.get(id), exported.get(id)));
}

async function exportRoomKeys(
  machine: OlmMachine,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ExportedKey>> {
  const parsed: unknown = JSON.parse(
    await machine.exportRoomKeys((session) => wanted.has(takeId(session))),
  );
  const found = new Map<string, ExportedKey>();
  for (const key of Array.isArray(parsed) ? parsed.filter(isObject) : []) {
    found.set(idOf(String(key["room_id"]), String(key["session_id"])), key);
  }
  return found;
}

/** Returns the ids of what was stored. */
async function importRoomKeys(
  machine: OlmMachine,
  keys: readonly ExportedKey[],
): Promise<readonly string[]> {
  const result = await machine.importExportedRoomKeys(JSON.stringify(keys), () => undefined);
  return withFreed(result, () =>
    [...result.keys()].flatMap(([roomId, senders]) =>
      [...senders.values()].flatMap((sessions) => [...sessions].map((id) => idOf(roomId, id))),
    ),
  );
}

/** A copy that begins earlier opens more; of two that begin at the same message all must be the same. */
function isAsGood(copy: ExportedKey | undefined, original: ExportedKey | undefined): boolean {
  const [there, here] = [copy?.["session_key"], original?.["session_key"]];
  if (typeof there !== "string" || typeof here !== "string") return false;
  return there === here || firstIndex(there) < firstIndex(here);
}

/** Session export format: one byte of version, then the first message's index, big-endian. */
function firstIndex(sessionKey: string): number {
  const bytes = decodeBase64(sessionKey);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(1);
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
