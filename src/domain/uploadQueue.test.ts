import { describe, expect, it } from "vitest";
import { deriveUploadQueue, type UploadQueueFacts } from "./uploadQueue";

const problem = { status: 500, code: "M_UNKNOWN" };
const failed = { kind: "failed", at: 1, problem, nextTryAt: 9 } as const;
const sending = { kind: "sending", at: 1, after: null } as const;
const taken = { kind: "taken", at: 1 } as const;

const waitingFacts: UploadQueueFacts = {
  pending: 40,
  peak: 40,
  attempt: null,
  offline: false,
  noBackup: false,
  enabled: true,
  stalled: false,
};

describe("the upload queue", () => {
  it.each([
    ["is not known without a count", { pending: null, attempt: failed }, { kind: "unknown" }],
    ["is empty when nothing waits", { pending: 0, attempt: failed }, { kind: "empty" }],
    [
      "has nowhere to go without a backup, whatever was tried before",
      { noBackup: true, enabled: false, attempt: failed },
      { kind: "no_backup", waiting: 40 },
    ],
    ["waits at first", {}, { kind: "waiting", waiting: 40 }],
    ["uploads", { attempt: sending }, { kind: "uploading", done: 0, of: 40 }],
    [
      "counts from the most that waited",
      { attempt: taken, pending: 12, peak: 40 },
      { kind: "uploading", done: 28, of: 40 },
    ],
    [
      "never says less than nothing when more come",
      { attempt: sending, pending: 50, peak: 40 },
      { kind: "uploading", done: 0, of: 50 },
    ],
    [
      "waits again when a key came after the last upload",
      { attempt: taken },
      { kind: "waiting", waiting: 40 },
    ],
    [
      "names the failure and the next try",
      { attempt: failed, stalled: true },
      { kind: "stopped", waiting: 40, reason: "failed", problem, nextTryAt: 9 },
    ],
    [
      "names since when every try has failed",
      { attempt: failed, failingSince: 0 },
      { kind: "stopped", waiting: 40, reason: "failed", problem, nextTryAt: 9, since: 0 },
    ],
    [
      "is stopped while it is tried again",
      { attempt: { ...sending, after: problem } },
      { kind: "stopped", waiting: 40, reason: "failed", problem, nextTryAt: 1 },
    ],
    [
      "is stopped while offline, whatever was tried before",
      { attempt: failed, offline: true },
      { kind: "stopped", waiting: 40, reason: "offline", problem: null, nextTryAt: null },
    ],
    [
      "is stopped while the upload is off",
      { enabled: false, attempt: failed },
      { kind: "stopped", waiting: 40, reason: "off", problem: null, nextTryAt: null },
    ],
    [
      "is stopped when nothing is tried and nothing is taken",
      { stalled: true, attempt: taken },
      { kind: "stopped", waiting: 40, reason: "silent", problem: null, nextTryAt: null },
    ],
  ] satisfies [string, Partial<UploadQueueFacts>, object][])("%s", (_, facts, expected) => {
    expect(deriveUploadQueue({ ...waitingFacts, ...facts })).toEqual(expected);
  });
});
