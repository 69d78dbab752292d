import { useEffect, useRef, useState } from "react";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import type { AppError } from "@/domain/errors";
import type { IdentityStep, ResetBackup } from "@/domain/removalPorts";
import { useChangeBackup } from "@/state/manageHooks";

export type IdentityReset =
  | { readonly kind: "idle" }
  | { readonly kind: "working"; readonly step: IdentityStep }
  /** The homeserver wants the password, and none was typed. */
  | { readonly kind: "password_needed" }
  /** The homeserver does not take the password; another one is waited for. */
  | { readonly kind: "wrong_password" }
  /** It wants it confirmed on a page of its own. `checking`: that was said to be done. */
  | {
      readonly kind: "elsewhere";
      readonly where: ConfirmationElsewhere;
      readonly checking: boolean;
    }
  | { readonly kind: "failed"; readonly error: AppError }
  | { readonly kind: "done"; readonly backup: ResetBackup };

type SaidElsewhere = "done" | "password" | null;

/**
 * Runs the reset. The password is typed before anything begins and handed over when the homeserver
 * asks for it; a wrong one is asked for again in the same run, which waits. It waits as well for what
 * is to be confirmed elsewhere, unless a password was typed that will do.
 */
export function useIdentityReset() {
  const changeBackup = useChangeBackup();
  const [stage, setStage] = useState<IdentityReset>({ kind: "idle" });
  const answerPassword = useRef<((password: string | null) => void) | null>(null);
  const answerElsewhere = useRef<((said: SaidElsewhere) => void) | null>(null);
  const gone = useRef(false);
  // Nobody can answer once the dialog is gone; the reset then ends as cancelled, with nothing changed.
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      answerPassword.current?.(null);
      answerElsewhere.current?.(null);
    };
  }, []);

  /** `readPassword` reads the field at the moment it is needed. */
  async function start(published: string, readPassword: () => string): Promise<void> {
    let step: IdentityStep = "checking";
    setStage({ kind: "working", step });
    const outcome = await changeBackup((session) =>
      session.removal.resetIdentity(
        { published },
        {
          onStep: (next) => {
            step = next;
            setStage({ kind: "working", step: next });
          },
          askPassword(why) {
            if (gone.current) return Promise.resolve(null);
            const typed = why === "needed" ? readPassword() : "";
            if (typed !== "") return Promise.resolve(typed);
            setStage({ kind: why === "needed" ? "password_needed" : "wrong_password" });
            return new Promise((resolve) => {
              answerPassword.current = (password) => {
                answerPassword.current = null;
                setStage({ kind: "working", step });
                resolve(password);
              };
            });
          },
          confirmElsewhere(where) {
            if (gone.current) return Promise.resolve(null);
            if (where.orPassword && readPassword() !== "") return Promise.resolve("password");
            setStage({ kind: "elsewhere", where, checking: false });
            return new Promise((resolve) => {
              answerElsewhere.current = (said) => {
                answerElsewhere.current = null;
                setStage(
                  said === "done"
                    ? { kind: "elsewhere", where, checking: true }
                    : { kind: "working", step },
                );
                resolve(said);
              };
            });
          },
        },
      ),
    );
    setStage(
      outcome.ok
        ? { kind: "done", backup: outcome.value }
        : { kind: "failed", error: outcome.error },
    );
  }

  return {
    stage,
    start,
    answer: (password: string | null) => answerPassword.current?.(password),
    answerElsewhere: (said: SaidElsewhere) => answerElsewhere.current?.(said),
    reset: () => setStage({ kind: "idle" }),
  };
}
