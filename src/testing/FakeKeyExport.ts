import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, KeyExportPort, KeyImportReport } from "@/domain/keyFile";
import { ok, type Result } from "@/domain/result";

/** Key files that turn out as the test says. */
export class FakeKeyExport implements KeyExportPort {
  exported: Result<ExportedKeyFile, AppError> = ok({ file: new Blob(["keys"]), count: 3 });
  imported: Result<KeyImportReport, AppError> = ok({
    total: 3,
    added: 2,
    improved: 0,
    already: 1,
    failed: 0,
  });
  readonly log: string[] = [];
  #gate: Promise<void> = Promise.resolve();

  /** Holds every answer back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async export({ passphrase }: Parameters<KeyExportPort["export"]>[0]) {
    this.log.push(`export ${passphrase}`);
    await this.#gate;
    return this.exported;
  }

  async import({ file, passphrase, onProgress }: Parameters<KeyExportPort["import"]>[0]) {
    this.log.push(`import ${await file.text()} ${passphrase}`);
    onProgress(1, 3);
    await this.#gate;
    return this.imported;
  }
}
