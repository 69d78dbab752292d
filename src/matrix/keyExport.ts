import type { AppError } from "@/domain/errors";
import type { KeyExportPort, KeyFileProblem } from "@/domain/keyFile";
import { fail, type Result } from "@/domain/result";
import { exportKeys, PER_EXPORT } from "./exportKeys";
import { decryptKeyFile } from "./keyFileFormat";
import { importKeyFile } from "./keyImport";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** Larger than any export known, and small enough to be read at all. */
const LARGEST_FILE = 300_000_000;

/** Room keys to a file and from one, in the format all Matrix apps read. */
export function createKeyExport(context: SessionContext, perExport = PER_EXPORT): KeyExportPort {
  return {
    export: (request) =>
      exportKeys([async (use) => use(await olmMachineOf(context))], request, perExport),
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
