import { useCallback, useEffect, useRef, useState } from "react";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import type { AppError } from "@/domain/errors";
import type { SetUpPort, SetUpProof, SetUpStep } from "@/domain/ports";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { unexpected } from "@/state/withoutThrowing";

export type SetUpRun =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly step: SetUpStep }
  | { readonly kind: "failed"; readonly step: SetUpStep; readonly error: AppError }
  | { readonly kind: "done"; readonly proof: SetUpProof };

/** The server wants the account password; `answer` takes it, or null to cancel. */
export interface PasswordRequest {
  readonly why: "needed" | "wrong";
  readonly answer: (password: string | null) => void;
}

/** The server wants it confirmed on a page of its own. */
export interface ElsewhereRequest {
  readonly where: ConfirmationElsewhere;
  /** The person has answered; the server is being asked. */
  readonly checking: boolean;
  readonly answer: (said: "done" | "password" | null) => void;
}

/**
 * Runs the set-up with a key that the caller keeps: a failed run is repeated with the same one.
 * `onDone` is awaited before done is said, so that what is shown next is up to date.
 */
export function useSetUpRun(setUp: Pick<SetUpPort, "run">, onDone: () => Promise<void>) {
  const [run, setRun] = useState<SetUpRun>({ kind: "idle" });
  const [passwordRequest, setPasswordRequest] = useState<PasswordRequest | null>(null);
  const [elsewhereRequest, setElsewhereRequest] = useState<ElsewhereRequest | null>(null);
  const running = useRef(false);
  const answerPassword = useRef<((password: string | null) => void) | null>(null);
  const answerElsewhere = useRef<ElsewhereRequest["answer"] | null>(null);
  const gone = useRef(false);
  // Nobody can answer once the wizard is gone; the run then ends as cancelled.
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      answerPassword.current?.(null);
      answerElsewhere.current?.(null);
    };
  }, []);

  const start = useCallback(
    async (key: RecoveryKey): Promise<void> => {
      if (running.current) return;
      running.current = true;
      let step: SetUpStep = "checking";
      setRun({ kind: "running", step });
      try {
        const answer = await setUp.run(key, {
          onStep: (next) => {
            step = next;
            setElsewhereRequest(null);
            setRun({ kind: "running", step: next });
          },
          askPassword: (why) =>
            new Promise((resolve) => {
              if (gone.current) {
                resolve(null);
                return;
              }
              const answer = (password: string | null): void => {
                answerPassword.current = null;
                setPasswordRequest(null);
                resolve(password);
              };
              answerPassword.current = answer;
              setPasswordRequest({ why, answer });
            }),
          confirmElsewhere: (where) =>
            new Promise((resolve) => {
              if (gone.current) return resolve(null);
              const answer: ElsewhereRequest["answer"] = (said) => {
                answerElsewhere.current = null;
                setElsewhereRequest(said === "done" ? { where, checking: true, answer } : null);
                resolve(said);
              };
              answerElsewhere.current = answer;
              return setElsewhereRequest({ where, checking: false, answer });
            }),
        });
        setElsewhereRequest(null);
        if (answer.ok) await onDone();
        setRun(
          answer.ok
            ? { kind: "done", proof: answer.value }
            : { kind: "failed", step, error: answer.error },
        );
      } catch (error) {
        setRun({ kind: "failed", step, error: unexpected(error) });
      } finally {
        running.current = false;
        setPasswordRequest(null);
        setElsewhereRequest(null);
      }
    },
    [setUp, onDone],
  );

  const reset = useCallback(() => setRun({ kind: "idle" }), []);
  return { run, passwordRequest, elsewhereRequest, start, reset };
}
