import { describeStoppedDeletion, nameBackup } from "@/copy/describeRemoval";
import type { BackupVersion } from "@/domain/backup";
import type { BackupSurvey } from "@/domain/removal";
import { Alert } from "@/ui/Alert";

export type DeletionNote =
  /** The one before is gone, and the server shows an older one instead. */
  | { readonly kind: "older"; readonly deleted: BackupVersion | null; readonly older: BackupSurvey }
  /** More would be lost than was shown. `olderGone`: these were deleted before that was seen. */
  | { readonly kind: "numbers"; readonly olderGone: readonly BackupVersion[] }
  | { readonly kind: "older_changed" };

/** Why there is something (more) to decide. */
export function DeletionNotes({ note }: { note: DeletionNote | null }) {
  if (note === null) return null;
  if (note.kind === "older_changed") {
    return (
      <Alert tone="warning" title="Nothing was deleted: the older backups have changed">
        <p>They are not what was shown before. Look again, then decide.</p>
      </Alert>
    );
  }
  if (note.kind === "numbers") {
    return (
      <Alert
        tone="warning"
        title={
          note.olderGone.length === 0
            ? "Nothing was deleted: the numbers have changed"
            : `${describeStoppedDeletion(note.olderGone).title}: the numbers have changed`
        }
      >
        <p>
          More room keys are only in the backup now than were shown before. Look again, then decide.
        </p>
      </Alert>
    );
  }
  return (
    <Alert tone="info" title={`An older backup (${nameBackup(note.older)}) is now the current one`}>
      <p>
        {note.deleted === null ? "The" : `Version ${note.deleted} was deleted, and the`} server
        shows one that it had kept from before. You can delete it, too, or keep it. If you keep it,
        the overview asks for your recovery key where this device needs it to go on with that one.
      </p>
    </Alert>
  );
}
