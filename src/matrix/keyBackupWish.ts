import type { AppError } from "@/domain/errors";
import type { BackupWish } from "@/domain/removal";
import { ok, type Result } from "@/domain/result";
import { readAccountData, writeAccountData } from "./secretStorage";
import type { SessionContext } from "./sessionContext";

const WISH = "m.key_backup";
/** What Element wrote before the specification had a name for it. */
const OLD_REFUSAL = "m.org.matrix.custom.backup_disabled";

type Requests = Pick<SessionContext, "request" | "user">;

/**
 * Whether the account wants a backup, by a fresh read (Client-Server API, `m.key_backup`, since
 * v1.19). The older custom event counts only where there is nothing by the new name.
 */
export async function readBackupWish(context: Requests): Promise<Result<BackupWish, AppError>> {
  const wish = await readAccountData(context, WISH);
  if (!wish.ok) return wish;
  if (typeof wish.value?.enabled === "boolean") return ok(wish.value.enabled ? "on" : "off");
  const old = await readAccountData(context, OLD_REFUSAL);
  if (!old.ok) return old;
  return ok(old.value?.disabled === true ? "off" : "unsaid");
}

/** Tells the account's clients whether a backup is wanted. Other fields of the event are kept. */
export async function writeBackupWish(
  context: Requests,
  enabled: boolean,
): Promise<Result<void, AppError>> {
  const there = await readAccountData(context, WISH);
  if (!there.ok) return there;
  if (there.value?.enabled === enabled) return ok(undefined);
  return writeAccountData(context, WISH, { ...there.value, enabled });
}
