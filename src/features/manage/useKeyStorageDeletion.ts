import { useEffect, useRef, useState } from "react";
import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { confirmationOf, type BackupSurvey } from "@/domain/removal";
import type { KeyStorageStep, KeyStorageSurvey } from "@/domain/removalPorts";
import { useChangeBackup } from "@/state/manageHooks";

export type KeyStorageDeletion =
  | { readonly kind: "idle" }
  | { readonly kind: "numbers_changed" }
  | { readonly kind: "working"; readonly step: KeyStorageStep }
  | { readonly kind: "older"; readonly deleted: BackupVersion | null; readonly older: BackupSurvey }
  | { readonly kind: "failed"; readonly error: AppError }
  | { readonly kind: "deleted" }
  | { readonly kind: "older_kept"; readonly version: BackupVersion };

/** Runs the deletion of key storage; older backups that come to light are asked about one by one. */
export function useKeyStorageDeletion(show: (survey: KeyStorageSurvey) => void) {
  const changeBackup = useChangeBackup();
  const [stage, setStage] = useState<KeyStorageDeletion>({ kind: "idle" });
  const answerOlder = useRef<((agreed: boolean) => void) | null>(null);
  const gone = useRef(false);
  // Nobody can answer once the dialog is gone; an older backup is then kept.
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      answerOlder.current?.(false);
    };
  }, []);

  async function start(survey: KeyStorageSurvey): Promise<void> {
    const backup = survey.backup === null ? null : confirmationOf(survey.backup);
    const { keyId, identityOnlyStored } = survey;
    let step: KeyStorageStep = "backup";
    let deleted = backup?.version ?? null;
    setStage({ kind: "working", step });
    const outcome = await changeBackup((session) =>
      session.removal.deleteKeyStorage(
        { backup, keyId, identityOnlyStored },
        {
          onStep: (next) => {
            step = next;
            setStage({ kind: "working", step: next });
          },
          confirmOlder: (older) =>
            new Promise((resolve) => {
              if (gone.current) {
                resolve(false);
                return;
              }
              setStage({ kind: "older", deleted, older });
              answerOlder.current = (agreed) => {
                answerOlder.current = null;
                deleted = older.version;
                setStage({ kind: "working", step });
                resolve(agreed);
              };
            }),
        },
      ),
    );
    if (!outcome.ok) {
      setStage({ kind: "failed", error: outcome.error });
      return;
    }
    if (outcome.value.kind === "numbers_changed") show(outcome.value.survey);
    setStage(outcome.value);
  }

  return {
    stage,
    start,
    answer: (agreed: boolean) => answerOlder.current?.(agreed),
    reset: () => setStage({ kind: "idle" }),
  };
}
