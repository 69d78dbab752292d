import { describeUnfinished } from "@/copy/describeRemoval";
import type { UnfinishedRemoval } from "@/domain/removalPorts";
import { lastValue } from "@/domain/reading";
import { useChangeBackup, useUnfinishedRemoval } from "@/state/manageHooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { DeleteBackupDialog } from "./DeleteBackupDialog";
import { DeleteKeyStorageDialog } from "./DeleteKeyStorageDialog";
import { FinishResetDialog } from "./FinishResetDialog";
import styles from "./Manage.module.css";
import { ResetIdentityDialog } from "./ResetIdentityDialog";
import { useDialog } from "./useDialog";

type Name = "delete_backups" | "delete_key_storage" | "reset_again" | "finish_reset";

/** A removal that was interrupted, with the way to its end. Nothing when there is none. */
export function UnfinishedNotice() {
  const unfinished = lastValue(useUnfinishedRemoval()) ?? null;
  const changeBackup = useChangeBackup();
  // Beside the notice: it goes as soon as the work is done, and the dialog says how it ended.
  const dialog = useDialog<Name>();
  const deletingBackups = dialog.propsOf("delete_backups");
  const deleting = dialog.propsOf("delete_key_storage");
  const resetting = dialog.propsOf("reset_again");
  const finishing = dialog.propsOf("finish_reset");
  return (
    <>
      {unfinished === null ? null : (
        <div data-testid="unfinished" data-change={unfinished.change}>
          <Alert
            tone="warning"
            title={describeUnfinished(unfinished).title}
            action={
              <div className={styles.row}>
                <Button onClick={() => dialog.show(dialogFor(unfinished))}>
                  {describeUnfinished(unfinished).finish}
                </Button>
                {unfinished.change === "reset_identity" ? null : (
                  <Button
                    variant="tertiary"
                    onClick={() =>
                      void changeBackup((session) => session.removal.leaveUnfinished())
                    }
                  >
                    Leave it as it is
                  </Button>
                )}
              </div>
            }
          >
            <p>{describeUnfinished(unfinished).body}</p>
          </Alert>
        </div>
      )}
      {deletingBackups === null ? null : (
        <DeleteBackupDialog {...deletingBackups} goesOn key={deletingBackups.key} />
      )}
      {deleting === null ? null : <DeleteKeyStorageDialog {...deleting} key={deleting.key} />}
      {resetting === null ? null : <ResetIdentityDialog {...resetting} key={resetting.key} />}
      {finishing === null ? null : <FinishResetDialog {...finishing} key={finishing.key} />}
    </>
  );
}

function dialogFor(unfinished: UnfinishedRemoval): Name {
  if (unfinished.change !== "reset_identity") return unfinished.change;
  return unfinished.needsPassword ? "reset_again" : "finish_reset";
}
