import { useCallback, useEffect, useId, useRef, useState } from "react";
import { describeIdentityReset, describeIdentityStep } from "@/copy/describeRemoval";
import type { IdentitySurvey } from "@/domain/removalPorts";
import { useLiveSession } from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SecretField } from "@/ui/SecretField";
import { Spinner } from "@/ui/Spinner";
import { ConfirmForm } from "./ConfirmForm";
import { ErrorAlert } from "./ErrorAlert";
import { LossLists } from "./LossLists";
import styles from "./Manage.module.css";
import { OtherWays } from "./OtherWays";
import { ResetDone } from "./ResetDone";
import { SetUpNext } from "./SetUpNext";
import { passwordHint } from "@/copy/describeConfirmation";
import { ConfirmElsewhere } from "./ConfirmElsewhere";
import { useIdentityReset } from "./useIdentityReset";
import { usePasswordUse } from "./usePasswordUse";
import { useSurvey } from "./useSurvey";

interface ResetIdentityDialogProps {
  open: boolean;
  onClose: () => void;
}

/**
 * Replaces the identity. The password is asked for with the confirmation, before anything begins.
 * It stays in its field and is read when the homeserver wants it. Where there are accounts without
 * one, the homeserver's own page is offered when it asks for that.
 */
export function ResetIdentityDialog({ open, onClose }: ResetIdentityDialogProps) {
  const form = useId();
  const { removal, user } = useLiveSession();
  const read = useCallback(() => removal.surveyIdentity(), [removal]);
  const { found, readAgain } = useSurvey(read, () => false);
  const { stage, start, answer, answerElsewhere, reset } = useIdentityReset();
  const use = usePasswordUse();
  const password = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const survey = found?.ok === true ? found.value : null;
  const published = survey?.published ?? null;
  const isWrong = stage.kind === "wrong_password";
  const isAsked = isWrong || stage.kind === "password_needed";
  const isOpenQuestion = stage.kind === "idle" || isAsked;
  const isWorking = stage.kind === "working" || (stage.kind === "elsewhere" && stage.checking);
  // The field stays in its place while the reset runs, so that it can be read when it is wanted.
  const showsForm = published !== null && (isOpenQuestion || stage.kind === "working");
  useEffect(() => {
    if (isWrong) password.current?.select();
  }, [isWrong]);

  function leave(): void {
    answer(null);
    answerElsewhere(null);
    onClose();
  }

  function confirm(replaces: string): void {
    const text = password.current?.value ?? "";
    const isMissing = text === "" && (use === "always" || isAsked);
    setMissing(isMissing);
    if (isMissing) password.current?.focus();
    else if (isAsked) answer(text);
    else void start(replaces, () => password.current?.value ?? "");
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next && !isWorking) leave();
      }}
      title={stage.kind === "done" ? "Your identity was reset" : "Reset your identity?"}
      actions={actions()}
    >
      <div
        className={styles.dialog}
        data-testid="removal"
        data-version={survey?.backup?.version}
        data-count={survey?.backup?.coverage.onServer}
      >
        {content()}
      </div>
    </Dialog>
  );

  function actions() {
    if (stage.kind === "done") {
      return <SetUpNext onLater={onClose} />;
    }
    return (
      <>
        <Button variant="secondary" disabled={isWorking} onClick={leave}>
          {showsForm || stage.kind === "elsewhere" ? "Keep my identity" : "Close"}
        </Button>
        {showsForm ? (
          <Button variant="destructive" type="submit" form={form} busy={isWorking}>
            Reset identity
          </Button>
        ) : null}
      </>
    );
  }

  function content() {
    if (stage.kind === "failed") {
      return (
        <ErrorAlert
          error={stage.error}
          onRetry={() => {
            reset();
            readAgain();
          }}
        />
      );
    }
    if (stage.kind === "done") {
      return <ResetDone backup={stage.backup} />;
    }
    if (stage.kind === "elsewhere") {
      return <ConfirmElsewhere {...stage} onAnswer={answerElsewhere} />;
    }
    if (found === null) return <Spinner label="Looking at your identity…" />;
    if (!found.ok) return <ErrorAlert error={found.error} onRetry={readAgain} />;
    const { value } = found;
    if (value.published === null) {
      return <p>Your account has no identity yet. Set up backup makes one; nothing is replaced.</p>;
    }
    return question(value, value.published);
  }

  function question(value: IdentitySurvey, replaces: string) {
    return (
      <>
        <OtherWays survey={value} />
        <LossLists consequences={describeIdentityReset(value)} />
        <ConfirmForm id={form} word="reset" version={null} onConfirm={() => confirm(replaces)}>
          <input type="hidden" name="username" autoComplete="username" value={user.userId} />
          {use === "never" && !isAsked ? null : (
            <SecretField
              label="Password"
              name="password"
              autoComplete="current-password"
              inputRef={password}
              onChange={() => setMissing(false)}
              hint={passwordHint(use, new URL(user.homeserverUrl).host)}
              error={
                missing
                  ? "Enter your password."
                  : isWrong
                    ? "Wrong password. Nothing was changed. Try again."
                    : stage.kind === "password_needed"
                      ? "The homeserver wants your password. Nothing was changed yet."
                      : null
              }
            />
          )}
        </ConfirmForm>
        {stage.kind === "working" ? <Spinner label={describeIdentityStep(stage.step)} /> : null}
      </>
    );
  }
}
