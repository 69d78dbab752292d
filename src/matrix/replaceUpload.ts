import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { UploadProgress } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { raceAbort, sleep } from "@/lib/abort";
import { systemClock } from "@/lib/clock";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import { enableBackup, forgetUploads } from "./keyBackupEnable";
import { olmMachineOf, withFreed } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { confirmUpload } from "./uploadSwitch";

/** Between two looks; the SDK's own reports come in between. */
const LOOK_MS = 2_000;
/** Counting a store this large takes long, and holds up the upload itself. */
const LARGE_STORE = 50_000;
const LARGE_STORE_LOOK_MS = 15_000;
/** No further key taken for so long: the upload stands still. The SDK waits up to 16 s by itself. */
const STALLED_MS = 90_000;

/**
 * Waits until every room key of this device is in the version: the store says that all are backed
 * up, and the server counts at least as many, by fresh reads. Call it outside of a turn: waiting may
 * take long, and only what changes this device takes one. Errors: `backup_changed` when another
 * version takes its place, `upload_off` when the upload was turned off meanwhile, `timeout` when no key is taken any more, and whatever the reads say.
 */
export async function awaitUpload(
  context: SessionContext,
  version: BackupVersion,
  onUpload: (progress: UploadProgress) => void,
): Promise<Result<BackupInfo, AppError>> {
  let best = -1;
  let since = systemClock.now();
  let forgotten = false;
  for (;;) {
    // In this order: what the server counts afterwards is no less than what was uploaded before.
    const counts = await countKeys(context);
    if (!counts.ok) return counts;
    const { total, backedUp } = counts.value;
    const info = await fetchBackupInfo(context);
    if (!info.ok) return info;
    const actual = info.value?.version ?? null;
    if (info.value === null || actual !== version) {
      return fail({ kind: "backup_changed", expected: version, actual });
    }
    const { count } = info.value;
    const done = Math.min(backedUp, total, count);
    onUpload({ done, total });
    if (backedUp === total && count >= total) return ok(info.value);
    // Forgetting what is backed up, with nothing sent after that, would make every count wrong.
    const uploads = confirmUpload(context);
    if (!uploads.ok) return uploads;
    if (count < backedUp && !forgotten) {
      // Counted as backed up are keys that this version does not have: it once was another's.
      forgotten = true;
      const again = await inTurn(context, version, () => uploadAgain(context, version));
      if (!again.ok) return again;
    }
    if (done > best) {
      best = done;
      since = systemClock.now();
    } else if (systemClock.now() - since > STALLED_MS) {
      return fail({ kind: "timeout", detail: "uploading room keys" });
    }
    const active = await attempt(() => context.crypto().getActiveSessionBackupVersion());
    if (!active.ok) return active;
    if (active.value !== version) {
      // The SDK has turned its upload off, for a reason that it told nobody here.
      const enabled = await inTurn(context, version, () => enableBackup(context, version));
      if (!enabled.ok) return enabled;
    }
    const waited = await wait(context, total < LARGE_STORE ? LOOK_MS : LARGE_STORE_LOOK_MS);
    if (!waited.ok) return waited;
  }
}

/** Others may have changed something while the turn was waited for, so what it rests on is read again. */
function inTurn<T>(
  context: SessionContext,
  version: BackupVersion,
  change: () => Promise<Result<T, AppError>>,
): Promise<Result<T, AppError>> {
  return context.takeTurn(async () => {
    const uploads = confirmUpload(context);
    if (!uploads.ok) return uploads;
    const info = await fetchBackupInfo(context);
    if (!info.ok) return info;
    const actual = info.value?.version ?? null;
    return actual === version
      ? change()
      : fail({ kind: "backup_changed", expected: version, actual });
  });
}

async function uploadAgain(
  context: SessionContext,
  version: BackupVersion,
): Promise<Result<void, AppError>> {
  const forgotten = await forgetUploads(context);
  if (!forgotten.ok) return forgotten;
  const enabled = await enableBackup(context, version);
  return enabled.ok ? ok(undefined) : enabled;
}

function countKeys(
  context: SessionContext,
): Promise<Result<{ total: number; backedUp: number }, AppError>> {
  return attempt(async () => {
    const machine = await olmMachineOf(context);
    return withFreed(await machine.roomKeyCounts(), ({ total, backedUp }) => ({
      total,
      backedUp,
    }));
  });
}

/** Until the SDK says that it has uploaded all, or the time is over. */
async function wait(
  { client, closed }: SessionContext,
  ms: number,
): Promise<Result<void, AppError>> {
  const done = new AbortController();
  let hear = (): void => undefined;
  const heard = new Promise<void>((resolve) => {
    hear = () => resolve();
    client.once(CryptoEvent.KeyBackupSessionsRemaining, hear);
  });
  try {
    const time = sleep(ms, systemClock, done.signal).catch(() => undefined);
    await raceAbort(Promise.race([heard, time]), closed);
    return ok(undefined);
  } catch {
    return fail({ kind: "closed" });
  } finally {
    done.abort();
    client.off(CryptoEvent.KeyBackupSessionsRemaining, hear);
  }
}
