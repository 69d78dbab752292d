import type { BackupVersion } from "./backup";
import type { AppError } from "./errors";
import type { RestoreReport, RestoreTally } from "./restore";

/** The one restore of this page. Pausing is stopping; resuming runs again and skips what is held. */
export type RestoreJob =
  | { readonly kind: "idle" }
  | {
      readonly kind: "running";
      readonly version: BackupVersion;
      readonly tally: RestoreTally;
      /** Milliseconds since the epoch. */
      readonly startedAt: number;
      /** Null until enough was seen to mean something. */
      readonly keysPerSecond: number | null;
      readonly secondsLeft: number | null;
    }
  | { readonly kind: "paused"; readonly version: BackupVersion; readonly report: RestoreReport }
  | { readonly kind: "finished"; readonly version: BackupVersion; readonly report: RestoreReport }
  | {
      readonly kind: "failed";
      readonly version: BackupVersion;
      readonly report: RestoreReport;
      readonly error: AppError;
    };

/** The last restore of this device that ran to its end. Numbers only. */
export interface LastRestore {
  readonly version: BackupVersion;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  readonly missing: number;
}
