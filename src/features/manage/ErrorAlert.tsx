import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** An error in words, with "Retry" where there is something to repeat. */
export function ErrorAlert({ error, onRetry }: { error: AppError; onRetry?: () => void }) {
  const { title, body } = describeError(error);
  return (
    <Alert
      tone="critical"
      title={title}
      code={error.kind}
      action={onRetry === undefined ? null : <Button onClick={onRetry}>Retry</Button>}
    >
      <p>{body}</p>
    </Alert>
  );
}
