import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { isBackupVersion, parseBackupInfo } from "./backupInfo";
import { isNotFound } from "./roomKeysApi";
import type { SessionRequests } from "./sessionContext";

/** Versions that are asked for, the newest first. Nobody has had more backups that are still there. */
const MOST_LOOKUPS = 10;

/**
 * The newest backup before `current` that has this public key and is still on the server, or null.
 * Servers have no list of versions; where they count them, as Synapse does, the ones before can be
 * asked for by number. A failed request is an error: that it is not there was not found out then.
 */
export async function findOlderBackup(
  context: SessionRequests,
  publicKey: string,
  current: BackupVersion,
): Promise<Result<BackupVersion | null, AppError>> {
  for (const version of versionsBefore(current)) {
    const answer = await context.request("GET", `/room_keys/version/${version}`);
    if (!answer.ok) {
      if (isNotFound(answer.error)) continue;
      return answer;
    }
    const info = parseBackupInfo(answer.value);
    if (info.ok && info.value.publicKey === publicKey) return ok(version);
  }
  return ok(null);
}

function versionsBefore(current: BackupVersion): BackupVersion[] {
  if (!/^[1-9]\d{0,8}$/.test(current)) return [];
  const newest = Number(current) - 1;
  const oldest = Math.max(1, newest - MOST_LOOKUPS + 1);
  const versions: BackupVersion[] = [];
  for (let number = newest; number >= oldest; number--) {
    const version = String(number);
    if (isBackupVersion(version)) versions.push(version);
  }
  return versions;
}
