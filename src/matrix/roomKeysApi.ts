import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isBackupVersion, parseBackupInfo } from "./backupInfo";
import { isObject } from "./errorOfAnswer";
import type { SessionRequests } from "./sessionContext";

/** Whether the server said that the thing does not exist, in the one way the spec has for it. */
export function isNotFound(error: AppError): boolean {
  return error.kind === "server" && error.status === 404 && error.errcode === "M_NOT_FOUND";
}

/** A small answer: a server that needs longer is one whose backup is not known now. */
const VERSION_TIMEOUT_MS = 12_000;

/**
 * The current backup by a fresh `GET /room_keys/version`, or null when the server says in so many
 * words that there is none. The SDK's getKeyBackupInfo() is not used: it is a cache, and answers
 * null for "none" and for "could not check" alike.
 */
export async function fetchBackupInfo(
  requests: SessionRequests,
  signal?: AbortSignal,
): Promise<Result<BackupInfo | null, AppError>> {
  const answer = await requests.request("GET", "/room_keys/version", {
    timeoutMs: VERSION_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.ok) return parseBackupInfo(answer.value);
  return isNotFound(answer.error) ? ok(null) : answer;
}

/** One version by its name, or null when the server says that there is no such version. */
export async function fetchBackupVersion(
  requests: SessionRequests,
  version: BackupVersion,
): Promise<Result<BackupInfo | null, AppError>> {
  const answer = await requests.request("GET", versionPath(version), {
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  if (answer.ok) return parseBackupInfo(answer.value);
  return isNotFound(answer.error) ? ok(null) : answer;
}

/** A room that nobody has: asked about, it tells whether there is a version to have keys of it. */
const NO_ROOM = "!none:invalid";

/**
 * A second witness for a version that is said to be gone: its keys are asked for, those of a room
 * that is none. A version that is there answers with an empty list (Client-Server API,
 * `GET /room_keys/keys/{roomId}`). `still_there` when the two contradict each other.
 */
export async function confirmVersionGone(
  requests: SessionRequests,
  version: BackupVersion,
): Promise<Result<void, AppError>> {
  const path = `/room_keys/keys/${encodeURIComponent(NO_ROOM)}`;
  const answer = await requests.request("GET", path, {
    query: { version },
    timeoutMs: VERSION_TIMEOUT_MS,
  });
  if (answer.ok) return fail({ kind: "still_there", version });
  return isNotFound(answer.error) ? ok(undefined) : answer;
}

/**
 * Deletes one backup version with all its keys. Servers answer alike when it is gone already. The
 * caller has read the version right before, and knows where its keys are.
 */
export async function deleteBackupVersion(
  requests: SessionRequests,
  version: BackupVersion,
): Promise<Result<void, AppError>> {
  const answer = await requests.request("DELETE", versionPath(version));
  return answer.ok || isNotFound(answer.error) ? ok(undefined) : answer;
}

/** `PUT /room_keys/version/{version}`: other signatures, for instance. The keys in it stay. */
export async function updateBackupVersion(
  requests: SessionRequests,
  version: BackupVersion,
  body: { readonly algorithm: string; readonly auth_data: Readonly<Record<string, unknown>> },
): Promise<Result<void, AppError>> {
  const answer = await requests.request("PUT", versionPath(version), {
    body: { ...body, version },
  });
  return answer.ok ? ok(undefined) : answer;
}

/**
 * Adds a backup version by `POST /room_keys/version`. It becomes the current one; versions made
 * before stay on the server.
 */
export async function createBackupVersion(
  requests: SessionRequests,
  body: { readonly algorithm: string; readonly auth_data: Readonly<Record<string, unknown>> },
): Promise<Result<BackupVersion, AppError>> {
  const answer = await requests.request("POST", "/room_keys/version", { body });
  if (!answer.ok) return answer;
  const version = isObject(answer.value) ? answer.value.version : null;
  return isBackupVersion(version)
    ? ok(version)
    : fail({ kind: "not_matrix", detail: "a created backup without a version" });
}

function versionPath(version: BackupVersion): string {
  return `/room_keys/version/${encodeURIComponent(version)}`;
}
