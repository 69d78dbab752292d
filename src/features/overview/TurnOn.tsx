import { describeError } from "@/copy/describeError";
import type { AppError } from "@/domain/errors";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { useState } from "react";

interface TurnOnProps {
  label: string;
  /** Resolves to why it is not on, or null. */
  onTurnOn: () => Promise<AppError | null>;
}

/** Turns the upload of this device on again. Goes away with what it is for. */
export function TurnOn({ label, onTurnOn }: TurnOnProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  async function turnOn(): Promise<void> {
    setBusy(true);
    setError(null);
    setError(await onTurnOn());
    setBusy(false);
  }

  const words = error === null ? null : describeError(error);
  return (
    <>
      {words === null ? null : (
        <Alert tone="critical" title={words.title} code={error?.kind}>
          <p>{words.body}</p>
        </Alert>
      )}
      <Button busy={busy} onClick={() => void turnOn()}>
        {label}
      </Button>
    </>
  );
}
