import { useCallback, useId } from "react";
import { describeKeysHere } from "@/copy/describeMemoryOnly";
import {
  describeKeyStorageDeletion,
  describeKeyStorageStep,
  nameBackup,
} from "@/copy/describeRemoval";
import { lastValue } from "@/domain/reading";
import type { KeyStorageSurvey } from "@/domain/removalPorts";
import { useLiveSession } from "@/state/hooks";
import { useUnfinishedRemoval } from "@/state/manageHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Spinner } from "@/ui/Spinner";
import { ConfirmForm } from "./ConfirmForm";
import { DeletionNotes } from "./DeletionNotes";
import { ErrorAlert } from "./ErrorAlert";
import { KeepInFile } from "./KeepInFile";
import { LossLists } from "./LossLists";
import styles from "./Manage.module.css";
import { RestoreFirst } from "./RestoreFirst";
import { useKeyStorageDeletion, type KeyStorageDeletion } from "./useKeyStorageDeletion";
import { useSurvey } from "./useSurvey";

interface DeleteKeyStorageDialogProps {
  open: boolean;
  onClose: () => void;
}

/** Deletes backup, secret storage and dehydrated device, after naming all of it. */
export function DeleteKeyStorageDialog({ open, onClose }: DeleteKeyStorageDialogProps) {
  const form = useId();
  const { removal, memoryOnly } = useLiveSession();
  const read = useCallback(() => removal.surveyKeyStorage(), [removal]);
  const { found, readAgain, show } = useSurvey(read, () => false);
  const { stage, start, answer, reset } = useKeyStorageDeletion(show);
  const survey = found?.ok === true ? found.value : null;
  // What is left of an interrupted one is ended, also where nothing can be seen of it.
  const isBegun = (lastValue(useUnfinishedRemoval()) ?? null) !== null;
  const isNothing = survey !== null && !isBegun && isEmpty(survey);
  const isAsking =
    (stage.kind === "idle" || stage.kind === "numbers_changed") && survey !== null && !isNothing;
  const isOlder = stage.kind === "older";
  const isBusy = stage.kind === "working" || isOlder;
  const named = isOlder ? stage.older : isAsking ? survey.backup : null;

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next && !isBusy) onClose();
      }}
      title={titleOf(stage)}
      actions={actions()}
    >
      <div
        className={styles.dialog}
        data-testid="removal"
        data-version={named?.version}
        data-count={named?.coverage.onServer}
        data-only-in-backup={named?.coverage.onlyInBackup}
      >
        {content()}
      </div>
    </Dialog>
  );

  function actions() {
    if (isOlder) {
      return (
        <>
          <Button variant="secondary" onClick={() => answer(false)}>
            Keep it
          </Button>
          <Button variant="destructive" type="submit" form={form}>
            Delete backup
          </Button>
        </>
      );
    }
    return (
      <>
        <Button variant="secondary" disabled={isBusy} onClick={onClose}>
          {isAsking || isBusy ? "Keep everything" : "Close"}
        </Button>
        {isAsking || isBusy ? (
          <Button variant="destructive" type="submit" form={form} busy={isBusy}>
            Delete key storage
          </Button>
        ) : null}
      </>
    );
  }

  function lookAgain(): void {
    reset();
    readAgain();
  }

  function content() {
    switch (stage.kind) {
      case "working":
        return <Spinner label={describeKeyStorageStep(stage.step)} />;
      case "failed":
        return <ErrorAlert error={stage.error} onRetry={lookAgain} />;
      case "deleted":
        return (
          <Alert tone="success" title="Your key storage is deleted">
            <p>
              This was read from the server afterwards. {describeKeysHere(memoryOnly)} You can set
              up a new backup with a new recovery key at any time.
            </p>
          </Alert>
        );
      case "older_kept":
        return (
          <Alert tone="info" title={`Backup version ${stage.version} was kept`}>
            <p>It is the current one now. Your recovery key was not touched.</p>
          </Alert>
        );
      case "older":
        return (
          <>
            <DeletionNotes note={{ kind: "older", deleted: stage.deleted, older: stage.older }} />
            <ConfirmForm
              key={stage.older.version}
              id={form}
              word="delete"
              version={stage.older.version}
              onConfirm={() => answer(true)}
            />
          </>
        );
      default:
        return question();
    }
  }

  function question() {
    if (found === null) return <Spinner label="Reading what would be deleted…" />;
    if (!found.ok) return <ErrorAlert error={found.error} onRetry={readAgain} />;
    const { value } = found;
    if (isNothing) {
      return (
        <p>
          The server has no backup for your account, and nothing is stored behind a recovery key, so
          there is nothing to delete.
        </p>
      );
    }
    return (
      <>
        <DeletionNotes
          note={stage.kind === "numbers_changed" ? { kind: "numbers", olderGone: [] } : null}
        />
        {value.backup === null ? null : (
          <p>
            The backup is <strong>{nameBackup(value.backup)}</strong>.
          </p>
        )}
        <LossLists consequences={describeKeyStorageDeletion(value)} />
        {value.backup === null ? null : <RestoreFirst survey={value.backup} />}
        <KeepInFile />
        <ConfirmForm
          id={form}
          word="delete"
          version={value.backup?.version ?? null}
          onConfirm={() => void start(value)}
        />
      </>
    );
  }
}

function isEmpty({ backup, keyId, anythingStored }: KeyStorageSurvey): boolean {
  return backup === null && keyId === null && !anythingStored;
}

function titleOf(stage: KeyStorageDeletion): string {
  switch (stage.kind) {
    case "deleted":
      return "Key storage deleted";
    case "older":
      return `Delete backup ${nameBackup(stage.older)}, too?`;
    case "older_kept":
      return "Key storage is not deleted as a whole";
    default:
      return "Delete key storage?";
  }
}
