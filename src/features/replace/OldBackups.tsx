import { describeError } from "@/copy/describeError";
import { formatCount } from "@/copy/formatNumber";
import type { OldBackup } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import styles from "./Replace.module.css";
import type { ReplaceTask } from "./useReplaceTask";

interface OldBackupsProps {
  old: Result<readonly OldBackup[], AppError>;
  onBegin: (task: ReplaceTask) => void;
  onRetry: () => void;
}

/** Old versions that are still on the server, each with the guarded way to delete it. */
export function OldBackups({ old, onBegin, onRetry }: OldBackupsProps) {
  if (!old.ok) {
    const { title, body } = describeError(old.error);
    return (
      <Alert
        tone="critical"
        title={title}
        code={old.error.kind}
        action={<Button onClick={onRetry}>Retry</Button>}
      >
        <p>It is not known whether old backups are still on the server. {body}</p>
      </Alert>
    );
  }
  if (old.value.length === 0) return null;
  return (
    <Card title="Old backups on the server">
      <p className={styles.quiet}>
        Your recovery key opens them. They do no harm; they can go once the present backup has all
        of their keys.
      </p>
      <ul className={styles.list}>
        {old.value.map(({ version, count }) => (
          <li
            key={version}
            className={styles.old}
            data-testid="old-backup"
            data-version={version}
            data-count={count}
          >
            <span>
              Version {version}, {formatCount(count, "key")}
            </span>
            <Button
              variant="secondary"
              aria-label={`Delete old backup version ${version}`}
              onClick={() => onBegin({ kind: "check", version })}
            >
              Delete old backup
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
