import { describe, expect, it } from "vitest";
import {
  aBackup,
  failedReading,
  healthyInputs,
  known,
  stale,
  trustedBackup,
} from "@/testing/facts";
import type { DeviceStateInputs } from "./deviceState";
import { listFindings } from "./findings";
import { whereOldKeysAre } from "./oldKeys";
import { UNREAD } from "./reading";

describe("where the keys of old messages could come from", () => {
  type Row = [string, Partial<DeviceStateInputs>, string];
  it.each<Row>([
    ["all that the backup has is here", {}, "all_here"],
    ["the backup has more", { backup: known(aBackup({ count: 2000 })) }, "restore"],
    ["its key is not here", { trust: known({ signature: "trusted", key: "absent" }) }, "locked"],
    ["another key is here", { trust: known({ signature: "unknown", key: "mismatch" }) }, "locked"],
    ["there is none", { backup: known(null), trust: UNREAD }, "no_backup"],
    ["there was none when it was read last", { backup: stale(null), trust: UNREAD }, "unknown"],
    ["the backup could not be read", { backup: failedReading }, "unknown"],
    ["its key is not looked at yet", { trust: UNREAD }, "unknown"],
    ["its key could not be looked at again", { trust: stale(trustedBackup) }, "unknown"],
    ["the keys here could not be counted", { roomKeys: failedReading }, "unknown"],
  ])("%s", (_, changes, expected) => {
    const inputs = healthyInputs(changes);
    const facts = { ...inputs, findings: listFindings(inputs), restoring: false };
    expect(whereOldKeysAre(facts)).toBe(expected);
  });

  it("may still come while a restore runs", () => {
    const inputs = healthyInputs();
    const facts = { ...inputs, findings: listFindings(inputs), restoring: true };
    expect(whereOldKeysAre(facts)).toBe("restore");
  });
});
