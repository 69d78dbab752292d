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

/**
 * The lines in their order, the harmless ones first.
 */
export function manageRows({
  isOff,
  hasBackup,
}: {
  readonly isOff: boolean;
  readonly hasBackup: boolean;
}): readonly ManageRow[] {
  return [
    ...(hasBackup ? [] : [{ action: "set_up", kind: "go", to: "set-up" } as const]),
    { action: "test_key", kind: "go", to: "test-key" },
    { action: "change_key", kind: "go", to: "change-key" },
    { action: "replace", kind: "go", to: "replace" },
    { action: "verify", kind: "go", to: "verify" },
    { action: "key_file", kind: "go", to: "key-file" },
    { action: isOff ? "turn_on_here" : "turn_off_here", kind: "switch" },
    { action: "delete_backup", kind: "dialog", dialog: "delete_backup", destructive: true },
    {
      action: "delete_key_storage",
      kind: "dialog",
      dialog: "delete_key_storage",
      destructive: true,
    },
    { action: "reset_identity", kind: "dialog", dialog: "reset_identity", destructive: true },
  ];
}
