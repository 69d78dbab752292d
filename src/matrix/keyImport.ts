import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import type { KeyImportReport } from "@/domain/keyFile";
import { fail, ok, type Result } from "@/domain/result";
import { yieldToMain } from "@/lib/yieldToMain";
import { isObject } from "./errorOfAnswer";
import { olmMachineOf, withFreed } from "./olmMachine";
import { idOf, listRoomKeys } from "./roomKeyIds";
import { trueSessionId } from "./roomKeySinkSessionId";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { startUploadLoop } from "./upload";

/** Room keys per call of the crypto module, after which the page gets its turn. */
const PER_IMPORT = 500;

/** The one algorithm the crypto module takes room keys of. */
const MEGOLM = "m.megolm.v1.aes-sha2";

/** An entry that can be a room key, under the id that follows from the key itself. */
interface Entry {
  readonly id: string;
  readonly key: Readonly<Record<string, unknown>>;
}

/**
 * Imports the entries of a key file, as not backed up, and counts by what the store holds before and
 * after: an entry is added, improved or already here only when its session is there at the end. The
 * file's session ids are not believed: the module would file a key under any. What was imported is
 * uploaded by the SDK; its loop is asked to begin, should the store not have told it.
 */
export async function importKeyFile(
  context: SessionContext,
  entries: readonly unknown[],
  {
    onProgress,
    signal,
  }: {
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<Result<KeyImportReport, AppError>> {
  const total = entries.length;
  const imported = await attempt(async () => {
    const machine = await olmMachineOf(context);
    const before = await listRoomKeys(machine);
    const usable = entries.map(toEntry).filter((entry) => entry !== null);
    const stored = new Set<string>();
    let done = total - usable.length;
    onProgress(done, total);
    for (const part of rounds(usable)) {
      if (signal.aborted) break;
      // Throws when the session was closed meanwhile: the machine may be freed then.
      context.crypto();
      for (const id of await importPart(machine, part)) stored.add(id);
      done += part.length;
      onProgress(done, total);
      await yieldToMain();
    }
    const after = await listRoomKeys(machine);
    if (stored.size > 0) await startUploadLoop(context);
    return { total, usable, before, stored, after };
  });
  if (!imported.ok) return imported;
  return signal.aborted ? fail({ kind: "closed" }) : ok(count(imported.value));
}

function count({
  total,
  usable,
  before,
  stored,
  after,
}: {
  readonly total: number;
  readonly usable: readonly Entry[];
  readonly before: ReadonlySet<string>;
  readonly stored: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}): KeyImportReport {
  const seen = new Set<string>();
  let [added, improved, already] = [0, 0, 0];
  for (const { id } of usable) {
    if (!after.has(id)) continue;
    // A second entry of a session finds it here, whatever the first one did.
    if (seen.has(id) || !stored.has(id)) already += 1;
    else if (before.has(id)) improved += 1;
    else added += 1;
    seen.add(id);
  }
  return { total, added, improved, already, failed: total - added - improved - already };
}

function toEntry(value: unknown): Entry | null {
  if (!isObject(value) || typeof value.room_id !== "string") return null;
  // A copy under another algorithm would be taken for one that is here already.
  if (value.algorithm !== MEGOLM) return null;
  const { room_id: roomId, session_id: sessionId } = value;
  const named = typeof sessionId === "string" ? sessionId : "";
  const trueId = trueSessionId({ roomId, sessionId: named, sessionData: value });
  if (trueId === null) return null;
  return { id: idOf(roomId, trueId), key: { ...value, session_id: trueId } };
}

/**
 * Parts in which each session comes once: two copies in one call would both be compared with the
 * store as it was before, and the worse one could win.
 */
function rounds(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const parts: Entry[][] = [];
  let waiting = entries;
  while (waiting.length > 0) {
    const seen = new Set<string>();
    const rest: Entry[] = [];
    const round: Entry[] = [];
    for (const entry of waiting) {
      (seen.has(entry.id) ? rest : round).push(entry);
      seen.add(entry.id);
    }
    for (let start = 0; start < round.length; start += PER_IMPORT) {
      parts.push(round.slice(start, start + PER_IMPORT));
    }
    waiting = rest;
  }
  return parts;
}

/** Ids of what was stored. One entry that the module cannot read must not take the others with it. */
async function importPart(machine: OlmMachine, part: readonly Entry[]): Promise<readonly string[]> {
  try {
    const json = JSON.stringify(part.map(({ key }) => key));
    const result = await machine.importExportedRoomKeys(json, () => undefined);
    return await withFreed(result, () =>
      [...result.keys()].flatMap(([roomId, senders]) =>
        [...senders.values()].flatMap((sessions) => [...sessions].map((id) => idOf(roomId, id))),
      ),
    );
  } catch (error) {
    if (part.length === 1 && isUnreadable(error)) return [];
    if (!isUnreadable(error)) throw error;
    const half = Math.ceil(part.length / 2);
    return [
      ...(await importPart(machine, part.slice(0, half))),
      ...(await importPart(machine, part.slice(half))),
    ];
  }
}

/** The module's words for JSON that is no list of keys: serde names the place. */
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && /at line \d+ column \d+|expected|invalid/i.test(error.message);
}
