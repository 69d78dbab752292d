import { useState, type ReactNode } from "react";
import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import type { SignedInUser } from "@/domain/session";
import { LazyForgetDialog } from "@/features/session/dialogs";
import { useSessionActions } from "@/state/actionHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ReloadButton } from "@/ui/ReloadButton";
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
  const { startOver } = useSessionActions();
  const [leaving, setLeaving] = useState(false);
  const { title, body } = describeError(error);
  return (
    <>
      <Alert
        tone="critical"
        title={title}
        code={error.kind}
        action={<WayOn error={error} memoryOnly={memoryOnly} />}
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

/** What can help. Where nothing is left to lose, leaving needs no warning. */
function WayOn({ error, memoryOnly }: Pick<FailedScreenProps, "error" | "memoryOnly">): ReactNode {
  const { retryOpen, forget } = useSessionActions();
  if (error.kind === "insecure_page") {
    const { protocol, port, host, pathname } = window.location;
    // Where the plain page has a port, the secure one has another, which nobody here knows.
    if (protocol !== "http:" || port !== "") return null;
    const address = `https://${host}${pathname}`;
    return <a href={address}>{address}</a>;
  }
  if (isLost(error)) {
    return <Button onClick={() => void forget()}>Sign out and start as a new device</Button>;
  }
  return describeError(error).action === "reload" && !memoryOnly ? (
    <ReloadButton />
  ) : (
    <Button onClick={retryOpen}>Retry</Button>
  );
}

function isLost(error: AppError): boolean {
  return error.kind === "storage" && error.reason === "lost";
}

/** There must be something to remove, and a store that can be reached to remove it from. */
function canForget(error: AppError, user: SignedInUser | null): boolean {
  if (isLost(error)) return false;
  return user !== null || (error.kind === "storage" && error.reason === "mismatch");
}

/** Whether this page could work for somebody: it is secure, and there is WebAssembly. */
export function isPageAble({ kind }: AppError): boolean {
  return kind !== "insecure_page" && kind !== "crypto_unavailable";
}

/** A password is not asked for where it could not be used, or what is stored is not known. */
function canSignIn(error: AppError): boolean {
  return isPageAble(error) && error.kind !== "storage" && error.kind !== "part_missing";
}

/** The error's own facts; `detail` is redacted where the error is made. */
function reportOf(error: AppError): string[] {
  return Object.entries(error).map(([name, value]) => `${name}: ${String(value)}`);
}
