import type { BackupVersion } from "./backup";
import type { AppError } from "./errors";

/**
 * The wait for the backup's key after a verification: the other device sends it by itself (Client-
 * Server API, "Sharing secrets"), mostly within two seconds, sometimes late, sometimes never.
 */
export type KeyWait =
  | { readonly kind: "none" }
  | { readonly kind: "waiting" }
  /** Not here within the time limit. It is still taken when it comes. `error`: could not look. */
  | { readonly kind: "late"; readonly error: AppError | null }
  /** Here, and by a fresh read it fits this version of the backup. */
  | { readonly kind: "arrived"; readonly version: BackupVersion }
  /** The server has no backup whose key could come. */
  | { readonly kind: "no_backup" };

export const NO_KEY_WAIT: KeyWait = { kind: "none" };
