import { useCallback, useId, useState } from "react";
import { describeKeysHere } from "@/copy/describeMemoryOnly";
import {
  describeBackupDeletion,
  describeKeptOlder,
  describeStoppedDeletion,
  nameDeletion,
} from "@/copy/describeRemoval";
import type { BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
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
  /** The older ones go, too, unless the person says otherwise: that was begun before. */
  goesOn?: boolean;
}

type Stage =
  | { readonly kind: "asking"; readonly note: DeletionNote | null }
  | { readonly kind: "working" }
  | { readonly kind: "failed"; readonly error: AppError }
  /** Of several versions these are gone, and then it stopped. */
  | {
      readonly kind: "stopped";
      readonly olderGone: readonly BackupVersion[];
      readonly error: AppError;
    }
  /** An older one came back, and the person keeps it. */
  | { readonly kind: "older_kept"; readonly older: BackupSurvey }
  /** Deleted, and no backup is left; or what is left could not be read. */
  | { readonly kind: "done"; readonly unsaid: AppError | null }
  | { readonly kind: "unchecked"; readonly error: AppError };

/** Larger stores take long to count: their numbers are read at opening and before the deletion. */
const FOLLOWED = 50_000;

/** Deletes the current backup after naming it, and then asks about an older one that comes back. */
export function DeleteBackupDialog({ open, onClose, goesOn = false }: DeleteBackupDialogProps) {
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
  const [together, setTogether] = useState(goesOn);
  // Followed only where they are to be deleted: what is named then is not older than the rest.
  const { found: old, readAgain: readOldAgain } = useSurvey(
    readOld,
    () => open && isAsking && together,
  );
  const survey = found?.ok === true ? found.value : null;
  // Of those that were found before, one has become current meanwhile: how many are left is not known.
  const isFirst = stage.kind !== "asking" || stage.note?.kind !== "older";
  const older = old?.ok === true && isFirst ? old.value : [];
  const olderGone = together ? older : [];

  async function confirm(named: BackupSurvey): Promise<void> {
    setStage({ kind: "working" });
    const outcome = await changeBackup((session) =>
      session.removal.deleteBackup(confirmationOf(named), olderGone),
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
        setStage({
          kind: "asking",
          note: { kind: "numbers", olderGone: outcome.value.olderGone ?? [] },
        });
        readOldAgain();
        return;
      case "older_changed":
        setStage({ kind: "asking", note: { kind: "older_changed" } });
        readOldAgain();
        return;
      case "stopped":
        setStage(outcome.value);
    }
  }

  function lookAgain(): void {
    setStage({ kind: "asking", note: null });
    readAgain();
    readOldAgain();
  }

  const revealed =
    stage.kind === "asking" && stage.note?.kind === "older" ? stage.note.older : null;
  const canDelete = isAsking && survey !== null;
  const isBusy = stage.kind === "working";
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next && !isBusy) onClose();
      }}
      title={titleOf(stage, survey, olderGone)}
      actions={
        <>
          {revealed === null ? (
            <Button variant="secondary" disabled={isBusy} onClick={onClose}>
              {closeName()}
            </Button>
          ) : (
            <Button
              variant="secondary"
              onClick={() => setStage({ kind: "older_kept", older: revealed })}
            >
              Keep it
            </Button>
          )}
          {stage.kind === "older_kept" && !stage.older.opensHere ? (
            <Button onClick={() => goTo("unlock")}>Enter recovery key</Button>
          ) : null}
          {canDelete || isBusy ? (
            <Button variant="destructive" type="submit" form={form} busy={isBusy}>
              {VERBS[verbFor(olderGone)]}
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
        data-older={canDelete ? olderGone.map(({ version }) => version).join(" ") : undefined}
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
      case "stopped": {
        const { title, body } = describeStoppedDeletion(stage.olderGone);
        return (
          <>
            <Alert tone="warning" title={title} testId="deletion-stopped">
              <p>{body}</p>
            </Alert>
            <ErrorAlert error={stage.error} onRetry={lookAgain} />
          </>
        );
      }
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
    const verb = verbFor(olderGone);
    const olderKept = older.length - olderGone.length;
    return (
      <>
        <DeletionNotes note={note} />
        {isFirst ? (
          <OlderKept
            old={old}
            version={named.version}
            together={together}
            onTogether={setTogether}
          />
        ) : null}
        <LossLists consequences={describeBackupDeletion(named, { olderKept, olderGone })} />
        <RestoreFirst survey={named} />
        <KeepInFile />
        <ConfirmForm
          key={`${verb} ${named.version}`}
          id={form}
          word={WORDS[verb]}
          version={verb === "one" ? named.version : null}
          onConfirm={() => void confirm(named)}
        />
      </>
    );
  }
}

type Verb = "one" | "both" | "all";

const VERBS = {
  one: "Delete backup",
  both: "Delete both backups",
  all: "Delete all backups",
} as const satisfies Record<Verb, string>;

/** More than one is confirmed by more than one word. */
const WORDS = { one: "delete", both: "delete both", all: "delete all" } as const satisfies Record<
  Verb,
  string
>;

function verbFor({ length }: readonly OldBackup[]): Verb {
  if (length === 0) return "one";
  return length === 1 ? "both" : "all";
}

function titleOf(
  stage: Stage,
  survey: BackupSurvey | null,
  olderGone: readonly OldBackup[],
): string {
  if (stage.kind === "done" || stage.kind === "unchecked" || stage.kind === "older_kept") {
    return "Backup deleted";
  }
  return survey === null ? "Delete backup" : `Delete ${nameDeletion(survey, olderGone)}?`;
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
