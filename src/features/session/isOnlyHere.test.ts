import { expect, it } from "vitest";
import type { RoomKeyCounts } from "@/domain/backup";
import type { Reading } from "@/domain/reading";
import { isOnlyHere } from "./isOnlyHere";

const known = (total: number, backedUp: number): Reading<RoomKeyCounts> => ({
  status: "known",
  value: { total, backedUp },
  at: 1,
});
const error = { kind: "timeout", detail: "" } as const;

it.each<[string, Reading<RoomKeyCounts>, number | null, boolean]>([
  ["nothing was counted yet", { status: "unread" }, null, false],
  ["there are no keys", known(0, 0), 0, false],
  ["there are no keys and no upload", known(0, 0), null, false],
  ["all are in the backup", known(5, 5), 0, false],
  ["one is not", known(5, 4), 1, true],
  ["whether they are is not known", known(5, 0), null, true],
  ["they could not be counted", { status: "failed", error, at: 1 }, null, true],
])("%s", (_when, roomKeys, pendingKeys, expected) => {
  expect(isOnlyHere({ roomKeys, pendingKeys })).toBe(expected);
});
