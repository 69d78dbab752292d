import type { ManageAction } from "@/copy/describeManage";
import type { Route } from "@/lib/route";

export type DialogName = "delete_backup" | "delete_key_storage" | "reset_identity";

/** One line of the screen: where its button leads. */
export type ManageRow = {
  readonly action: ManageAction;
  /** Takes something away for good. */
  readonly destructive?: true;
} & (
  | { readonly kind: "go"; readonly to: Route }
  | { readonly kind: "dialog"; readonly dialog: DialogName }
  | { readonly kind: "switch" }
);

/** What there is to change. Each is false only where a fresh read has said so. */
export interface ManageFacts {
  readonly isOff: boolean;
  readonly hasBackup: boolean;
  readonly hasRecoveryKey: boolean;
  readonly hasIdentity: boolean;
}

/** The lines in their order, the harmless ones first. What there is nothing of is left out. */
export function manageRows(facts: ManageFacts): readonly ManageRow[] {
  const { isOff, hasBackup, hasRecoveryKey, hasIdentity } = facts;
  const rows: readonly (ManageRow | false)[] = [
    !hasBackup && { action: "set_up", kind: "go", to: "set-up" },
    (hasBackup || hasRecoveryKey) && { action: "test_key", kind: "go", to: "test-key" },
    hasRecoveryKey && { action: "change_key", kind: "go", to: "change-key" },
    hasBackup && { action: "replace", kind: "go", to: "replace" },
    { action: "verify", kind: "go", to: "verify" },
    { action: "key_file", kind: "go", to: "key-file" },
    (hasBackup || isOff) && { action: isOff ? "turn_on_here" : "turn_off_here", kind: "switch" },
    hasBackup && {
      action: "delete_backup",
      kind: "dialog",
      dialog: "delete_backup",
      destructive: true,
    },
    // Without an identity and a recovery key nothing was ever stored behind one.
    (hasBackup || hasRecoveryKey || hasIdentity) && {
      action: "delete_key_storage",
      kind: "dialog",
      dialog: "delete_key_storage",
      destructive: true,
    },
    hasIdentity && {
      action: "reset_identity",
      kind: "dialog",
      dialog: "reset_identity",
      destructive: true,
    },
  ];
  return rows.filter((row) => row !== false);
}
