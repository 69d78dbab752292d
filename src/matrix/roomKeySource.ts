import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { RoomKeyDownload, RoomKeySource } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionRequests } from "./sessionContext";

/** A server works for a while before it begins to send a large backup; the engine's own limit comes first. */
const WHOLE_BACKUP_HEAD_MS = 150_000;

/** Streams a backup's keys, all or one room's. Aborting the signal ends the transfer. */
export function createRoomKeySource(context: SessionRequests): RoomKeySource {
  async function stream(
    path: string,
    version: BackupVersion,
    options: { readonly signal: AbortSignal; readonly timeoutMs?: number },
  ): Promise<Result<RoomKeyDownload, AppError>> {
    const answer = await context.requestStream("GET", path, { query: { version }, ...options });
    if (!answer.ok) return fail(await explain(context, version, answer.error));
    const { body } = answer.value;
    if (body === null) return fail({ kind: "not_matrix", detail: "room keys without a body" });
    return ok({ body, byteLength: byteLengthOf(answer.value) });
  }
  return {
    open: (version, signal) =>
      stream("/room_keys/keys", version, { signal, timeoutMs: WHOLE_BACKUP_HEAD_MS }),
    openRoom: (version, roomId, signal) =>
      stream(`/room_keys/keys/${encodeURIComponent(roomId)}`, version, { signal }),
  };
}

/**
 * The length of the body as the reader will see it, or null. A compressed answer states the
 * compressed length, and an answer from another origin hides whether it is compressed.
 */
function byteLengthOf(response: Response): number | null {
  if (response.type === "cors" || response.headers.has("Content-Encoding")) return null;
  const length = response.headers.get("Content-Length");
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** What "no such version" means now, by a fresh read: the server's own hint is not reliable. */
async function explain(
  context: SessionRequests,
  version: BackupVersion,
  error: AppError,
): Promise<AppError> {
  if (error.kind !== "server") return error;
  if (error.errcode !== "M_NOT_FOUND" && error.errcode !== "M_WRONG_ROOM_KEYS_VERSION")
    return error;
  const info = await fetchBackupInfo(context);
  if (!info.ok) return info.error;
  if (info.value === null) return { kind: "no_backup" };
  return info.value.version === version
    ? error
    : { kind: "backup_changed", expected: version, actual: info.value.version };
}
