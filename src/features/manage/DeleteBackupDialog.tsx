import { useCallback, useId, useState } from "react";
import { describeBackupDeletion, describeKeptOlder, nameBackup } from "@/copy/describeRemoval";
import type { AppError } from "@/domain/errors";
import type { OldBackup } from "@/domain/changes";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
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
import { RestoreFirst } from "./RestoreFirst";
import { useKeptOlder } from "./useKeptOlder";
import { useSurvey } from "./useSurvey";

interface DeleteBackupDialogProps {
  open: boolean;
  onClose: () => void;
}

type Stage =
  | { readonly kind: "asking"; readonly note: DeletionNote | null }
  | { readonly kind: "working" }
  | { readonly kind: "failed"; readonly error: AppError }
  /** Deleted, and no backup is left; or what is left could not be read. */
  | { readonly kind: "done"; readonly unsaid: AppError | null }
  | { readonly kind: "unchecked"; readonly error: AppError };

/** Larger stores take long to count: their numbers are read at opening and before the deletion. */
const FOLLOWED = 50_000;

/** Deletes the current backup after naming it, and then asks about an older one that comes back. */
export function DeleteBackupDialog({ open, onClose }: DeleteBackupDialogProps) {
  const form = useId();
  const { removal } = useLiveSession();
  const changeBackup = useChangeBackup();
  const [stage, setStage] = useState<Stage>({ kind: "asking", note: null });
  const read = useCallback(() => removal.surveyBackup(), [removal]);
  const isAsking = stage.kind === "asking";
  const { found, readAgain, show } = useSurvey(
    read,
    (now) => open && isAsking && now !== null && now.heldHere < FOLLOWED,
  );
  const survey = found?.ok === true ? found.value : null;
  const keptOlder = useKeptOlder(open);

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

  const isAboutOlder = stage.kind === "asking" && stage.note?.kind === "older";
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
          <Button variant="secondary" disabled={isBusy} onClick={onClose}>
            {canDelete || isBusy ? (isAboutOlder ? "Keep it" : "Keep the backup") : "Close"}
          </Button>
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
    const older = keptOlder.filter(({ version }) => version !== named.version);
    return (
      <>
        <DeletionNotes note={note} />
        {older.length === 0 ? null : <KeptOlder older={older} />}
        <LossLists consequences={describeBackupDeletion(named, older)} />
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

/** The server shows an older one afterwards: better known before than after. */
function KeptOlder({ older }: { older: readonly OldBackup[] }) {
  return (
    <Alert tone="info" title={`${describeKeptOlder(older)} from before`} testId="kept-older">
      <p>
        It is current again once this one is deleted. You are asked then whether to delete it, too,
        or to go on with it.
      </p>
    </Alert>
  );
}

function titleOf(stage: Stage, survey: BackupSurvey | null): string {
  if (stage.kind === "done" || stage.kind === "unchecked") return "Backup deleted";
  return survey === null ? "Delete backup" : `Delete backup ${nameBackup(survey)}?`;
}

function Deleted({ unsaid }: { unsaid: AppError | null }) {
  return (
    <>
      <Alert tone="success" title="The server has no backup any more">
        <p>This was read from the server after the deletion. The keys on this device are kept.</p>
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
