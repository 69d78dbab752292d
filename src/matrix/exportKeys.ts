import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, ExportRequest } from "@/domain/keyFile";
import { fail, ok, type Result } from "@/domain/result";
import { encryptKeyFile } from "./keyFileFormat";
import { takeId } from "./roomKeyIds";
import { attempt } from "./toAppError";

/** Reaches a crypto machine for one use of it, if there is one; rejects when that cannot be found out. */
export type ReachMachine = (use: (machine: OlmMachine) => Promise<void>) => Promise<void>;

/**
 * Room keys per export: each one reads the whole store, and at its end the module holds the page up
 * for as long as it takes to write them down (measured: 0.7 s for this many on a busy computer).
 */
export const PER_EXPORT = 10_000;

/**
 * The room keys of these machines in one encrypted file (Client-Server API, "Key exports"). The
 * count is of sessions: one that several machines hold is in the file once for each, since any of
 * them may open the earliest messages. `key_file` with `no_keys` when there is none.
 */
export async function exportKeys(
  machines: readonly ReachMachine[],
  { passphrase, signal }: ExportRequest,
  perExport = PER_EXPORT,
): Promise<Result<ExportedKeyFile, AppError>> {
  const ids = new Set<string>();
  const parts: string[] = [];
  const exported = await attempt(async () => {
    for (const reach of machines) {
      await reach((machine) => exportAll(machine, { perExport, signal, ids, parts }));
    }
  });
  if (!exported.ok) return exported;
  if (signal.aborted) return fail({ kind: "closed" });
  if (ids.size === 0) return fail({ kind: "key_file", problem: "no_keys" });
  const file = await attempt(() => encryptKeyFile(`[${parts.join(",")}]`, passphrase));
  if (!file.ok) return file;
  return signal.aborted ? fail({ kind: "closed" }) : ok({ file: file.value, count: ids.size });
}

/** Adds to `parts` the entries of one machine, taken from its store in parts, each session once. */
async function exportAll(
  machine: OlmMachine,
  made: {
    readonly perExport: number;
    readonly signal: AbortSignal;
    readonly ids: Set<string>;
    readonly parts: string[];
  },
): Promise<void> {
  const { perExport, signal, ids, parts } = made;
  const taken = new Set<string>();
  for (let found = perExport; found === perExport && !signal.aborted;) {
    found = 0;
    const json = await machine.exportRoomKeys((session) => {
      const id = takeId(session);
      if (found === perExport || taken.has(id)) return false;
      taken.add(id);
      ids.add(id);
      found += 1;
      return true;
    });
    // Without the brackets, so that the parts can be one list.
    if (found > 0) parts.push(json.trim().slice(1, -1));
  }
}
