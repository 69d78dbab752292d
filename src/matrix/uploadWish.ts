import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { resultOf } from "@/lib/idb";
import { createIdbNotes } from "./idbNotes";

/** Remembers, across reloads, that the person turned the upload off on this device. */
export interface UploadWish {
  readOff(): Promise<Result<boolean, AppError>>;
  /** On disk when it resolves. */
  writeOff(off: boolean): Promise<Result<void, AppError>>;
}

const KEY = "upload_off";

/** The wish beside the journal of changes, and like it gone with the device's crypto store. */
export function createIdbUploadWish(databaseName: string): UploadWish {
  const notes = createIdbNotes(databaseName);
  return {
    async readOff() {
      const found = await notes<unknown>("readonly", (store) => resultOf(store.get(KEY)));
      // Whatever stands there: it was written because nothing was to be uploaded.
      return found.ok ? ok(found.value !== undefined) : found;
    },
    writeOff: (off) =>
      notes("readwrite", async (store) => {
        if (off) await resultOf(store.put(true, KEY));
        else await resultOf(store.delete(KEY));
      }),
  };
}

/** The wish of a device of which nothing is stored. */
export function createMemoryUploadWish(): UploadWish {
  let isOff = false;
  return {
    readOff: async () => ok(isOff),
    async writeOff(off) {
      isOff = off;
      return ok(undefined);
    },
  };
}
