import type { BackupVersion } from "@/domain/backup";
import { ok } from "@/domain/result";
import { bodyOf, ScriptedSource } from "@/testing/fakeRestorePorts";
import {
  createEntryForge,
  forgeEntry,
  generateBackupKeyPair,
  serializeBackup,
} from "@/testing/forgeBackup";
import { expect, it } from "vitest";
import { createBackupEntries } from "./createBackupEntries";
import { createDecryptWorker } from "./createDecryptWorker";

const VERSION = "1" as BackupVersion;
const KEYS = 2000;

it("opens a whole backup in a worker, which ends with it", async () => {
  const pair = await generateBackupKeyPair();
  const forge = await createEntryForge(pair.publicKey);
  const strange = await createEntryForge((await generateBackupKeyPair()).publicKey);
  const entries = await Promise.all(
    Array.from({ length: KEYS }, (_, index) =>
      forgeEntry(index % 100 === 0 ? strange : forge, `!room${index >> 7}:x`),
    ),
  );
  const workers: Worker[] = [];
  const ended: Worker[] = [];
  const backup = createBackupEntries(new ScriptedSource(() => bodyOf(serializeBackup(entries))), {
    createWorker() {
      const worker = createDecryptWorker();
      const terminate = worker.terminate.bind(worker);
      worker.terminate = () => {
        ended.push(worker);
        terminate();
      };
      workers.push(worker);
      return worker;
    },
  });
  let opened = 0;
  let junk = 0;
  const read = await backup.readOpened(
    VERSION,
    pair.privateKey,
    async (batch) => {
      for (const { sessionData } of batch) {
        if (sessionData === null) junk += 1;
        else opened += 1;
      }
    },
    new AbortController().signal,
  );
  expect(read).toEqual(ok(undefined));
  expect({ opened, junk }).toEqual({ opened: KEYS - KEYS / 100, junk: KEYS / 100 });
  expect(workers).toHaveLength(1);
  await expect.poll(() => ended).toEqual(workers);
});
