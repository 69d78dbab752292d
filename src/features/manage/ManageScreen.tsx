import type { Reading } from "@/domain/reading";
import { useKeyBackupOverview } from "@/state/hooks";
import { useUploadSwitch } from "@/state/manageHooks";
import { DeleteBackupDialog } from "./DeleteBackupDialog";
import { DeleteKeyStorageDialog } from "./DeleteKeyStorageDialog";
import { ErrorAlert } from "./ErrorAlert";
import styles from "./Manage.module.css";
import { ManageList } from "./ManageList";
import type { DialogName } from "./manageRows";
import { ResetIdentityDialog } from "./ResetIdentityDialog";
import { UnstoredSwitch } from "./UnstoredSwitch";
import { UnfinishedNotice } from "./UnfinishedNotice";
import { useDialog } from "./useDialog";
import { useSwitching } from "./useSwitching";

/** Every change of the key backup under its own verb. */
export function ManageScreen() {
  const { backup, secretStorage, crossSigning } = useKeyBackupOverview();
  const { isOff } = useUploadSwitch();
  const { switching, error, unstored, turn } = useSwitching();
  const dialog = useDialog<DialogName>();
  const deleting = dialog.propsOf("delete_backup");
  const clearing = dialog.propsOf("delete_key_storage");
  const resetting = dialog.propsOf("reset_identity");
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Manage
      </h1>
      <UnfinishedNotice />
      {error === null ? null : <ErrorAlert error={error} onRetry={() => turn(isOff)} />}
      {unstored === null ? null : <UnstoredSwitch isOff={isOff} why={unstored} />}
      <ManageList
        isOff={isOff}
        hasBackup={may(backup, (info) => info !== null)}
        hasRecoveryKey={may(secretStorage, ({ defaultKey }) => defaultKey !== "absent")}
        hasIdentity={may(crossSigning, ({ identityExists }) => identityExists)}
        isSwitching={switching}
        onSwitch={() => turn(isOff)}
        onDialog={dialog.show}
      />
      {deleting === null ? null : <DeleteBackupDialog {...deleting} key={deleting.key} />}
      {clearing === null ? null : <DeleteKeyStorageDialog {...clearing} key={clearing.key} />}
      {resetting === null ? null : <ResetIdentityDialog {...resetting} key={resetting.key} />}
    </div>
  );
}

/** False only when a fresh read says so: what could not be read may be there. */
function may<T>(reading: Reading<T>, has: (value: T) => boolean): boolean {
  return reading.status !== "known" || has(reading.value);
}
