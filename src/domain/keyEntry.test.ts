import { describe, expect, it } from "vitest";
import { failedReading, known, stale } from "@/testing/facts";
import { lookOfEntry, mayTakePassphrase } from "./keyEntry";
import { encodeRecoveryKey } from "./recoveryKey";
import { UNREAD } from "./reading";

const key = encodeRecoveryKey(new Uint8Array(32).fill(9));

describe("what an entry looks like", () => {
  it.each([
    ["", "nothing"],
    [" \u00A0\n\u200B", "nothing"],
    [key, "recovery_key"],
    [key.slice(0, 30), "recovery_key"],
    [`\u200B ${key}`, "recovery_key"],
    [key.toLowerCase(), "recovery_key"],
    [`X${key.slice(1)}`, "recovery_key"],
    [`X${key.replaceAll(" ", "").slice(1)}`, "recovery_key"],
    ["Es war einmal", "recovery_key"],
    ["correct horse battery staple", "phrase"],
    ["blue moon", "phrase"],
    ["blue\u00A0moon", "phrase"],
    ["hunter2", "password"],
    ["correct-horse-battery-staple", "password"],
  ])("%j: %s", (text, look) => {
    expect(lookOfEntry(text)).toBe(look);
  });
});

describe("whether to offer a passphrase", () => {
  const options = (recoveryPassphrase: boolean, backupPassphrase: boolean) => ({
    recoveryPassphrase,
    backupPassphrase,
  });
  it.each([
    ["not before it is known", UNREAD, false],
    ["where that cannot be found out", failedReading, true],
    ["not where there is none", known(options(false, false)), false],
    ["where a recovery key is made from one", known(options(true, false)), true],
    ["where the backup's key is", known(options(false, true)), true],
    ["as it was read last", stale(options(true, false)), true],
  ])("%s", (_, reading, expected) => {
    expect(mayTakePassphrase(reading)).toBe(expected);
  });
});
