import { describe, expect, it } from "vitest";
import { parseDemoAccounts } from "./demoAccount.ts";

const account = {
  userId: "@alice:localhost",
  username: "alice",
  password: "alice-demo-password",
  recoveryKey: null,
  note: "no backup",
  recoveryKeyFile: null,
};

describe("parseDemoAccounts", () => {
  it("reads what was written", () => {
    expect(parseDemoAccounts(JSON.stringify([account]))).toEqual([account]);
  });

  it.each([
    ["cut short", JSON.stringify([account]).slice(0, -5)],
    ["empty", "[]"],
    ["not a list", JSON.stringify(account)],
    ["an account without a password", JSON.stringify([{ ...account, password: undefined }])],
    ["a key of another kind", JSON.stringify([{ ...account, recoveryKey: 5 }])],
    ["null", "[null]"],
  ])("refuses a file that is %s", (_, text) => {
    expect(parseDemoAccounts(text)).toBeNull();
  });
});
