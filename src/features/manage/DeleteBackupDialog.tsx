import { useCallback, useId, useState } from "react";
import { describeKeysHere } from "@/copy/describeMemoryOnly";
import { describeBackupDeletion, describeKeptOlder, nameBackup } from "@/copy/describeRemoval";
import type { AppError } from "@/domain/errors";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
import { goTo } from "@/lib/route";
import { useLiveSession } from "@/state/hooks";
import { useChangeBackup } from "@/state/manageHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Spinner } from "@/ui/Spinner";
import { ConfirmForm } from "./ConfirmForm";
import { DeletionNotes, type DeletionNote } from "./DeletionNotes";
import { ErrorAlert } from "./ErrorAlert";
import { KeepInFile } from "./KeepInFile";
import { LossLists } from "./LossLists";
import styles from "./Manage.module.css";
import { OlderKept } from "./OlderKept";
import { RestoreFirst } from "./RestoreFirst";
import { useSurvey } from "./useSurvey";

interface DeleteBackupDialogProps {
  open: boolean;
  onClose: () => void;
}

type Stage =
  | { readonly kind: "asking"; readonly note: DeletionNote | null }
  | { readonly kind: "working" }
  | { readonly kind: "failed"; readonly error: AppError }
  /** An older one came back, and the person keeps it. */
  | { readonly kind: "older_kept"; readonly older: BackupSurvey }
  /** Deleted, and no backup is left; or what is left could not be read. */
  | { readonly kind: "done"; readonly unsaid: AppError | null }
  | { readonly kind: "unchecked"; readonly error: AppError };

/** Larger stores take long to count: their numbers are read at opening and before the deletion. */
const FOLLOWED = 50_000;

/** Deletes the current backup after naming it, and then asks about an older one that comes back. */
export function DeleteBackupDialog({ open, onClose }: DeleteBackupDialogProps) {
  const form = useId();
  const { removal, changes } = useLiveSession();
  const changeBackup = useChangeBackup();
  const [stage, setStage] = useState<Stage>({ kind: "asking", note: null });
  const read = useCallback(() => removal.surveyBackup(), [removal]);
  const isAsking = stage.kind === "asking";
  const { found, readAgain, show } = useSurvey(
    read,
    (now) => open && isAsking && now !== null && now.heldHere < FOLLOWED,
  );
  const readOld = useCallback(() => changes.replace.listOld(), [changes]);
  const { found: old } = useSurvey(readOld, () => false);
  const survey = found?.ok === true ? found.value : null;

  async function confirm(named: BackupSurvey): Promise<void> {
    setStage({ kind: "working" });
    const outcome = await changeBackup((session) =>
      session.removal.deleteBackup(confirmationOf(named)),
    );
    if (!outcome.ok) {
      setStage({ kind: "failed", error: outcome.error });
      return;
    }
    switch (outcome.value.kind) {
      case "none_left":
        setStage({ kind: "done", unsaid: outcome.value.unsaid });
        return;
      case "unchecked":
        setStage({ kind: "unchecked", error: outcome.value.error });
        return;
      case "older_revealed":
        show(outcome.value.older);
        setStage({
          kind: "asking",
          note: { kind: "older", deleted: named.version, older: outcome.value.older },
        });
        return;
      case "numbers_changed":
        show(outcome.value.survey);
        setStage({ kind: "asking", note: { kind: "numbers" } });
    }
  }

  function lookAgain(): void {
    setStage({ kind: "asking", note: null });
    readAgain();
  }

  const older = stage.kind === "asking" && stage.note?.kind === "older" ? stage.note.older : null;
  const canDelete = isAsking && survey !== null;
  const isBusy = stage.kind === "working";
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next && !isBusy) onClose();
      }}
      title={titleOf(stage, survey)}
      actions={
        <>
          {older === null ? (
            <Button variant="secondary" disabled={isBusy} onClick={onClose}>
              {closeName()}
            </Button>
          ) : (
            <Button variant="secondary" onClick={() => setStage({ kind: "older_kept", older })}>
              Keep it
            </Button>
          )}
          {stage.kind === "older_kept" && !stage.older.opensHere ? (
            <Button onClick={() => goTo("unlock")}>Enter recovery key</Button>
          ) : null}
          {canDelete || isBusy ? (
            <Button variant="destructive" type="submit" form={form} busy={isBusy}>
              Delete backup
            </Button>
          ) : null}
        </>
      }
    >
      <div
        className={styles.dialog}
        data-testid="removal"
        data-version={canDelete ? survey.version : undefined}
        data-count={canDelete ? survey.coverage.onServer : undefined}
        data-only-in-backup={canDelete ? survey.coverage.onlyInBackup : undefined}
      >
        {content()}
      </div>
    </Dialog>
  );

  function closeName(): string {
    if (canDelete || isBusy) return "Keep the backup";
    if (stage.kind !== "older_kept") return "Close";
    return stage.older.opensHere ? "Done" : "Later";
  }

  function content() {
    switch (stage.kind) {
      case "working":
        return <Spinner label="Deleting the backup, and checking what is left…" />;
      case "failed":
        return <ErrorAlert error={stage.error} onRetry={lookAgain} />;
      case "unchecked":
        return (
          <>
            <Alert tone="warning" title="The backup was deleted">
              <p>Whether an older one has come back could not be read.</p>
            </Alert>
            <ErrorAlert error={stage.error} onRetry={lookAgain} />
          </>
        );
      case "done":
        return <Deleted unsaid={stage.unsaid} />;
      case "older_kept": {
        const { title, body } = describeKeptOlder(stage.older);
        return (
          <Alert tone="info" title={title}>
            <p>{body}</p>
          </Alert>
        );
      }
      case "asking":
        if (found === null) return <Spinner label="Reading what would be deleted…" />;
        if (!found.ok) return <ErrorAlert error={found.error} onRetry={readAgain} />;
        if (found.value === null) {
          return <p>The server has no backup for your account, so there is nothing to delete.</p>;
        }
        return question(found.value, stage.note);
    }
  }

  function question(named: BackupSurvey, note: DeletionNote | null) {
    // Of those that were found before, one has become current meanwhile: how many are left is not known.
    const olderKept = old?.ok === true && note?.kind !== "older" ? old.value.length : 0;
    return (
      <>
        <DeletionNotes note={note} />
        {note?.kind === "older" ? null : <OlderKept old={old} version={named.version} />}
        <LossLists consequences={describeBackupDeletion(named, olderKept)} />
        <RestoreFirst survey={named} />
        <KeepInFile />
        <ConfirmForm
          key={named.version}
          id={form}
          word="delete"
          version={named.version}
          onConfirm={() => void confirm(named)}
        />
      </>
    );
  }
}

function titleOf(stage: Stage, survey: BackupSurvey | null): string {
  if (stage.kind === "done" || stage.kind === "unchecked" || stage.kind === "older_kept") {
    return "Backup deleted";
  }
  return survey === null ? "Delete backup" : `Delete backup ${nameBackup(survey)}?`;
}

function Deleted({ unsaid }: { unsaid: AppError | null }) {
  const { memoryOnly } = useLiveSession();
  return (
    <>
      <Alert tone="success" title="The server has no backup any more">
        <p>This was read from the server after the deletion. {describeKeysHere(memoryOnly)}</p>
      </Alert>
      {unsaid === null ? null : (
        <p>
          Your account could not be told that this was your wish, so your other apps may ask you to
          set up a backup.
        </p>
      )}
    </>
  );
}
