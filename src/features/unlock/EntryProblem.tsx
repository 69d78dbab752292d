import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import type { EntryMode } from "./useKeyEntryForm";

interface EntryProblemProps {
  error: AppError;
  busy: boolean;
  mode: EntryMode;
}

/** What went wrong on the way; faults of the entry itself stand at the field. */
export function EntryProblem({ error, busy, mode }: EntryProblemProps) {
  const { title, body, action } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind}
      action={
        action === "retry" ? (
          <Button type="submit" variant="secondary" busy={busy}>
            Retry
          </Button>
        ) : null
      }
    >
      <p>{body}</p>
      {error.kind === "secret_storage" ? <WayOn error={error} /> : <StillThere mode={mode} />}
    </Alert>
  );
}

function StillThere({ mode }: { mode: EntryMode }) {
  const what = mode === "recovery_key" ? "recovery key" : "passphrase";
  return <p>This says nothing about your {what}. It is still in the field.</p>;
}

function WayOn({ error }: { error: Extract<AppError, { kind: "secret_storage" }> }) {
  if (error.reason !== "not_set_up" && error.reason !== "turned_off") return null;
  return (
    <p>
      <a href={hrefOf("set-up")}>Set up backup</a>
    </p>
  );
}
