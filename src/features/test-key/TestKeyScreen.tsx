import { mayTakePassphrase } from "@/domain/keyEntry";
import { useKeyBackupOverview } from "@/state/hooks";
import { useKeyEntryOptions, useKeyTest } from "@/state/keyEntryHooks";
import { TestKeyView, type KeyForm } from "./TestKeyView";

/** Proves that a saved recovery key or passphrase still works, without changing anything. */
export function TestKeyScreen({ KeyForm }: { KeyForm: KeyForm }) {
  const { backup, doubtedKeyTest } = useKeyBackupOverview();
  const options = useKeyEntryOptions();
  const { last, run } = useKeyTest();
  const info = backup.status === "known" ? backup.value : null;
  return (
    <TestKeyView
      KeyForm={KeyForm}
      takesPassphrase={mayTakePassphrase(options)}
      count={info?.count ?? null}
      hasBackup={backup.status !== "known" || info !== null}
      last={last}
      doubt={doubtedKeyTest?.why ?? null}
      run={run}
    />
  );
}
