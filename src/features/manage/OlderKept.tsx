import { describeOlderKept } from "@/copy/describeRemoval";
import type { BackupVersion } from "@/domain/backup";
import type { OldBackup } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { goTo } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { CheckBox } from "@/ui/CheckBox";
import { Button } from "@/ui/Button";

interface OlderKeptProps {
  /** Null while it is being read. */
  old: Result<readonly OldBackup[], AppError> | null;
  /** The version that is to be deleted. */
  version: BackupVersion;
  /** Whether the older ones go, too. */
  together: boolean;
  onTogether: (together: boolean) => void;
}

/** Old backups beside it, said before anything is deleted: they stay, go too, or go alone. */
export function OlderKept({ old, version, together, onTogether }: OlderKeptProps) {
  if (old === null) return null;
  if (!old.ok) return <p>Whether older backups are kept could not be read.</p>;
  const words = describeOlderKept(old.value, version);
  if (words === null) return null;
  return (
    <Alert
      tone="info"
      title={words.title}
      testId="older-kept"
      action={
        <Button variant="secondary" onClick={() => goTo("replace")}>
          {words.action}
        </Button>
      }
    >
      <p>{words.body}</p>
      <CheckBox checked={together} onChange={onTogether}>
        {words.together}
      </CheckBox>
    </Alert>
  );
}
