import type { AppError } from "./errors";
import type { Result } from "./result";

/** Changes of several steps that an interruption may leave half done. */
export type JournaledChange =
  | "replace_backup"
  | "change_recovery_key"
  | "delete_backups"
  | "delete_key_storage"
  | "reset_identity";

/**
 * A change under way. Written before the step it names is begun, so after a crash at most that step
 * is in doubt. Ids, versions, public keys and counts only: never key material.
 */
export interface JournalEntry {
  readonly change: JournaledChange;
  /** The step that was begun last; each change names its own. */
  readonly step: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly facts: Readonly<Record<string, string | number | null>>;
}

/** Remembers the one change that is under way on this device, across reloads and crashes. */
export interface ChangeJournal {
  /** Null when no change is under way. What cannot be understood is an error, never null. */
  read(): Promise<Result<JournalEntry | null, AppError>>;
  /** On disk when it resolves: do not begin the step before. Takes the place of the entry before. */
  write(entry: JournalEntry): Promise<Result<void, AppError>>;
  clear(): Promise<Result<void, AppError>>;
}
