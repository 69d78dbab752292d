import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { ChangeJournal, JournalEntry } from "@/domain/changeJournal";
import type { ReplaceStep } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isBackupVersion } from "./backupInfo";
import type { SessionContext } from "./sessionContext";

/** A replacement under way. Everything that going on or back needs to know, and nothing secret. */
export interface Replacement {
  readonly step: ReplaceStep | "undo";
  readonly startedAt: number;
  readonly oldVersion: BackupVersion;
  /** Null when the old version has no usable one. */
  readonly oldPublicKey: string | null;
  readonly oldCount: number;
  readonly newPublicKey: string;
  /** Null until the version is made. */
  readonly newVersion: BackupVersion | null;
  /** Of the key that stood in `m.megolm_backup.v1` before; null when none did. */
  readonly secretBefore: string | null;
}

/** Writes the replacement down; the step it names may then begin. */
export function noteReplacement(
  { journal }: Pick<SessionContext, "journal">,
  { step, startedAt, ...facts }: Replacement,
): Promise<Result<void, AppError>> {
  return journal.write({ change: "replace_backup", step, startedAt, facts });
}

/** The replacement of this journal, null when there is none. Another change is `change_unfinished`. */
export async function readReplacement(
  journal: ChangeJournal,
): Promise<Result<Replacement | null, AppError>> {
  const read = await journal.read();
  if (!read.ok) return read;
  return read.value === null ? ok(null) : replacementOf(read.value);
}

/** Reads an entry that this app has written. One that it does not understand is an error. */
function replacementOf(entry: JournalEntry): Result<Replacement, AppError> {
  if (entry.change !== "replace_backup") {
    return fail({ kind: "change_unfinished", change: entry.change });
  }
  const { oldVersion, oldPublicKey, oldCount, newPublicKey, newVersion, secretBefore } =
    entry.facts;
  const step = STEPS.find((known) => known === entry.step);
  if (
    step === undefined ||
    !isBackupVersion(oldVersion) ||
    !isTextOrNull(oldPublicKey) ||
    typeof oldCount !== "number" ||
    typeof newPublicKey !== "string" ||
    !(newVersion === null || isBackupVersion(newVersion)) ||
    !isTextOrNull(secretBefore)
  ) {
    return fail({ kind: "storage", reason: "mismatch" });
  }
  const { startedAt } = entry;
  return ok({
    step,
    startedAt,
    oldVersion,
    oldPublicKey,
    oldCount,
    newPublicKey,
    newVersion,
    secretBefore,
  });
}

const STEPS: readonly Replacement["step"][] = [
  "checking",
  "stage",
  "create",
  "secret",
  "enable",
  "upload",
  "proof",
  "undo",
];

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

/**
 * How the server stands to a replacement: `old` or `new` is the current version, or `other`:
 * another device has made one, or everything is gone.
 */
export function standOf(
  replacement: Replacement,
  info: BackupInfo | null,
): "old" | "new" | "other" {
  if (info === null) return "other";
  const { oldVersion, oldPublicKey, newPublicKey, newVersion } = replacement;
  if (info.version === oldVersion && info.publicKey === oldPublicKey) return "old";
  const isNew = newVersion === null || info.version === newVersion;
  return info.publicKey === newPublicKey && isNew ? "new" : "other";
}
