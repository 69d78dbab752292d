import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, KeyExportPort, KeyFileProblem } from "@/domain/keyFile";
import { fail, ok, type Result } from "@/domain/result";
import { decryptKeyFile, encryptKeyFile } from "./keyFileFormat";
import { importKeyFile } from "./keyImport";
import { olmMachineOf } from "./olmMachine";
import { takeId } from "./roomKeyIds";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** Larger than any export known, and small enough to be read at all. */
const LARGEST_FILE = 300_000_000;

/**
 * Room keys per export: each one reads the whole store, and at its end the module holds the page up
 * for as long as it takes to write them down (measured: 0.7 s for this many on a busy computer).
 */
const PER_EXPORT = 10_000;

/** Room keys to a file and from one, in the format all Matrix apps read. */
export function createKeyExport(context: SessionContext, perExport = PER_EXPORT): KeyExportPort {
  return {
    export: (request) => exportKeys(context, request, perExport),
    async import({ file, passphrase, onProgress, signal }) {
      if (file.size > LARGEST_FILE) return problem("too_large");
      const text = await attempt(() => file.text());
      if (!text.ok) return text;
      const json = await attempt(() => decryptKeyFile(text.value, passphrase));
      if (!json.ok) return json;
      if (!json.value.ok) return problem(json.value.error);
      const entries = parseEntries(json.value.value);
      if (entries === null) return problem("unsupported");
      if (entries.length === 0) return problem("no_keys");
      return context.takeTurn(() => importKeyFile(context, entries, { onProgress, signal }));
    },
  };
}

async function exportKeys(
  context: SessionContext,
  { passphrase, signal }: Parameters<KeyExportPort["export"]>[0],
  perExport: number,
): Promise<Result<ExportedKeyFile, AppError>> {
  const exported = await attempt(async () =>
    exportAll(await olmMachineOf(context), perExport, signal),
  );
  if (!exported.ok) return exported;
  const { json, count } = exported.value;
  if (count === 0) return problem("no_keys");
  if (signal.aborted) return fail({ kind: "closed" });
  const file = await attempt(() => encryptKeyFile(json, passphrase));
  if (!file.ok) return file;
  return signal.aborted ? fail({ kind: "closed" }) : ok({ file: file.value, count });
}

/** The keys as one JSON list, taken from the store in parts, each session once. */
async function exportAll(
  machine: OlmMachine,
  perExport: number,
  signal: AbortSignal,
): Promise<{ readonly json: string; readonly count: number }> {
  const taken = new Set<string>();
  const parts: string[] = [];
  for (let found = perExport; found === perExport && !signal.aborted;) {
    found = 0;
    const json = await machine.exportRoomKeys((session) => {
      const id = takeId(session);
      if (found === perExport || taken.has(id)) return false;
      taken.add(id);
      found += 1;
      return true;
    });
    // Without the brackets, so that the parts can be one list.
    if (found > 0) parts.push(json.trim().slice(1, -1));
  }
  return { json: `[${parts.join(",")}]`, count: taken.size };
}

function problem<T>(reason: KeyFileProblem): Result<T, AppError> {
  return fail({ kind: "key_file", problem: reason });
}

function parseEntries(json: string): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
