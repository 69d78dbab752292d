import { useState } from "react";
import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import type { SignedInUser } from "@/domain/session";
import { LazyForgetDialog } from "@/features/session/dialogs";
import { useSessionActions } from "@/state/actionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorReport } from "./ErrorReport";

interface FailedScreenProps {
  error: AppError;
  user: SignedInUser | null;
  /** The session is in memory: a reload would end it, with the keys of one that was ended before. */
  memoryOnly: boolean;
}

/**
 * The session could not be opened. Nothing is ever removed by itself: the way out that removes this
 * browser's data is the person's own choice, after it was said what goes.
 */
export function FailedScreen({ error, user, memoryOnly }: FailedScreenProps) {
  const { retryOpen, startOver } = useSessionActions();
  const [leaving, setLeaving] = useState(false);
  const { title, body, action } = describeError(error);
  const reloads = action === "reload" && !memoryOnly;
  return (
    <>
      <Alert
        tone="critical"
        title={title}
        code={error.kind}
        action={
          reloads ? (
            <Button onClick={() => window.location.reload()}>Reload</Button>
          ) : (
            <Button onClick={retryOpen}>Retry</Button>
          )
        }
      >
        <p>{body}</p>
      </Alert>
      {memoryOnly ? (
        <p>
          This session is in this tab only. Closing or reloading the tab ends it, and loses the room
          keys in it that are not in your backup. Nothing is lost by trying again.
        </p>
      ) : null}
      <ErrorReport lines={reportOf(error)} />
      {canForget(error, user) ? (
        <Card title="If nothing else helps">
          <p>
            You can sign out and start afresh. That removes what this browser holds, which may
            include keys that are nowhere else.
          </p>
          <div>
            <Button variant="secondary" onClick={() => setLeaving(true)}>
              Sign out and remove this browser’s data
            </Button>
          </div>
        </Card>
      ) : null}
      {user === null && canSignIn(error) ? (
        <div>
          <Button variant="tertiary" onClick={startOver}>
            Go to sign-in
          </Button>
        </div>
      ) : null}
      <LazyForgetDialog open={leaving} onOpenChange={setLeaving} user={user} />
    </>
  );
}

/** There must be something to remove, and a store that can be reached to remove it from. */
function canForget(error: AppError, user: SignedInUser | null): boolean {
  if (error.kind === "storage")
    return error.reason === "mismatch" || error.reason === "lost" || user !== null;
  return user !== null;
}

/** Without storage, WebAssembly or a secure page there is no use in asking for a password. */
function canSignIn({ kind }: AppError): boolean {
  return kind !== "storage" && kind !== "insecure_page" && kind !== "crypto_unavailable";
}

/** The error's own facts; `detail` is redacted where the error is made. */
function reportOf(error: AppError): string[] {
  return Object.entries(error).map(([name, value]) => `${name}: ${String(value)}`);
}
