import { createReadStream, existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import {
  BODY_END,
  BODY_START,
  FORMAT_VERSION,
  joinParts,
  planRooms,
  SEPARATOR,
  splitEvenly,
  type BackupIndex,
  type BackupPart,
} from "./backupFormat.ts";
import { generateBackupKeys } from "./backupKeys.ts";
import type { PartJob } from "./writePart.ts";

export const KEYS_PER_ROOM = 200;

/** A generated backup on disk. */
export interface BackupFiles {
  readonly index: BackupIndex;
  /** The body of `GET /room_keys/keys`. */
  readonly bodyPath: string;
}

/** The backup of so many keys, generated on all cores unless the cache has it. */
export async function ensureBackup(
  cache: string,
  count: number,
  say: (text: string) => void,
): Promise<BackupFiles> {
  const folder = join(cache, `backup-${count}-v${FORMAT_VERSION}`);
  const bodyPath = join(folder, "body.json");
  const indexPath = join(folder, "index.json");
  if (existsSync(indexPath)) {
    return { index: JSON.parse(readFileSync(indexPath, "utf8")) as BackupIndex, bodyPath };
  }
  const startedAt = Date.now();
  say(`Making a backup of ${count.toLocaleString("en")} keys …`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  const keys = generateBackupKeys();
  const stretches = splitEvenly(planRooms(count, KEYS_PER_ROOM), availableParallelism());
  const parts = await Promise.all(
    stretches.map((rooms, index) =>
      runPart({ path: join(folder, `part-${index}`), publicKey: keys.publicKey, rooms }),
    ),
  );
  const { rooms, bytes } = joinParts(parts);
  await writeBody(bodyPath, parts);
  const index: BackupIndex = { format: FORMAT_VERSION, count, bytes, ...keys, rooms };
  // The index comes last and at once: where it is, the body is whole.
  await writeFile(`${indexPath}.new`, JSON.stringify(index));
  await rename(`${indexPath}.new`, indexPath);
  say(`  made in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  return { index, bodyPath };
}

function runPart(job: PartJob): Promise<BackupPart> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./writePart.worker.ts", import.meta.url), {
      workerData: job,
    });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("a generating thread ended early")));
  });
}

async function writeBody(path: string, parts: readonly BackupPart[]): Promise<void> {
  async function* body(): AsyncGenerator<Buffer | string> {
    yield BODY_START;
    for (const [index, part] of parts.entries()) {
      if (index > 0) yield SEPARATOR;
      yield* createReadStream(part.path, { highWaterMark: 1 << 20 });
    }
    yield BODY_END;
  }
  await writeFile(path, body());
  await Promise.all(parts.map((part) => rm(part.path)));
}
