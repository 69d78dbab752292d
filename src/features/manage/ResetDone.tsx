import { describeResetBackup } from "@/copy/describeRemoval";
import type { ResetBackup } from "@/domain/removalPorts";
import { Alert } from "@/ui/Alert";

/** How a reset of the identity has ended. */
export function ResetDone({ backup }: { backup: ResetBackup }) {
  return (
    <div data-testid="reset-done" data-backup={backup.kind}>
      <Alert tone="success" title="This device has a new identity and is verified by it">
        <p>{describeResetBackup(backup)}</p>
      </Alert>
    </div>
  );
}
