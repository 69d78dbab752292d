import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { deleteBackupVersion, fetchBackupVersion } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";

/** Whatever the answer to the deletion was: what counts is whether the version is still there. */
export async function removeVersion(
  context: SessionContext,
  version: BackupVersion,
): Promise<Result<"removed", AppError>> {
  const sent = await deleteBackupVersion(context, version);
  const named = await fetchBackupVersion(context, version);
  if (named.ok && named.value === null) return ok("removed");
  if (!sent.ok) return sent;
  return named.ok ? fail({ kind: "still_there", version }) : ok("removed");
}
