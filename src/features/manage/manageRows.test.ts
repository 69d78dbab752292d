import { describe, expect, it } from "vitest";
import { manageRows, type ManageFacts } from "./manageRows";

const everything = { isOff: false, hasBackup: true, hasRecoveryKey: true, hasIdentity: true };

function actions(facts: Partial<ManageFacts>): string {
  return manageRows({ ...everything, ...facts })
    .map(({ action }) => action)
    .join(" ");
}

describe("what can be changed", () => {
  it.each([
    [
      {},
      "test_key change_key replace verify key_file turn_off_here delete_backup delete_key_storage reset_identity",
    ],
    [
      { isOff: true },
      "test_key change_key replace verify key_file turn_on_here delete_backup delete_key_storage reset_identity",
    ],
    [
      { hasBackup: false },
      "set_up test_key change_key verify key_file delete_key_storage reset_identity",
    ],
    [
      { hasBackup: false, hasRecoveryKey: false },
      "set_up verify key_file delete_key_storage reset_identity",
    ],
    [{ hasBackup: false, hasRecoveryKey: false, hasIdentity: false }, "set_up verify key_file"],
    [
      { isOff: true, hasBackup: false, hasRecoveryKey: false, hasIdentity: false },
      "set_up verify key_file turn_on_here",
    ],
    [
      { hasRecoveryKey: false },
      "test_key replace verify key_file turn_off_here delete_backup delete_key_storage reset_identity",
    ],
  ])("%j", (facts, expected) => {
    expect(actions(facts)).toBe(expected);
  });
});
