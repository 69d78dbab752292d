import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, KeyExportPort, KeyFileProblem } from "@/domain/keyFile";
import { fail, ok, type Result } from "@/domain/result";
import { decryptKeyFile, encryptKeyFile } from "./keyFileFormat";
import { importKeyFile } from "./keyImport";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** Larger than any export known, and small enough to be read at all. */
const LARGEST_FILE = 300_000_000;

/** Room keys to a file and from one, in the format all Matrix apps read. */
export function createKeyExport(context: SessionContext): KeyExportPort {
  return {
    export: ({ passphrase, signal }) => exportKeys(context, passphrase, signal),
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
  passphrase: string,
  signal: AbortSignal,
): Promise<Result<ExportedKeyFile, AppError>> {
  const exported = await attempt(async () => {
    const machine = await olmMachineOf(context);
    let count = 0;
    const json = await machine.exportRoomKeys((session) => {
      session.free();
      count += 1;
      return true;
    });
    return { json, count };
  });
  if (!exported.ok) return exported;
  const { json, count } = exported.value;
  if (count === 0) return problem("no_keys");
  if (signal.aborted) return fail({ kind: "closed" });
  const file = await attempt(() => encryptKeyFile(json, passphrase));
  if (!file.ok) return file;
  return signal.aborted ? fail({ kind: "closed" }) : ok({ file: file.value, count });
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
