import { describe, expect, it } from "vitest";
import type { AppError } from "@/domain/errors";
import { backupVersion, offline } from "@/testing/facts";
import { describeRestoreError } from "./describeRestoreError";

const changed: AppError = {
  kind: "backup_changed",
  expected: backupVersion("1"),
  actual: backupVersion("2"),
};
const cases: [AppError, ReturnType<typeof describeRestoreError>["next"], RegExp][] = [
  [offline, "retry", /goes on by itself when the browser is online again/],
  [{ kind: "timeout", detail: "" }, "retry", /goes on by itself/],
  [{ kind: "rate_limited", retryAfterMs: 9_000 }, "retry", /Wait 9 seconds/],
  [
    { kind: "storage", reason: "quota" },
    "retry",
    /^What is in stays in.*Free some space.*then retry/,
  ],
  [{ kind: "storage", reason: "unavailable" }, "reload", /Reload the page, then resume/],
  [{ kind: "storage", reason: "blocked" }, "retry", /other tabs/],
  [{ kind: "storage", reason: "mismatch" }, "retry", /Nothing was deleted/],
  [{ kind: "closed" }, "retry", /restored so far is kept/],
  [{ kind: "worker_crashed" }, "retry", /memory.*restored so far is kept/],
  [{ kind: "crypto_unavailable", detail: "" }, "reload", /Reload the page/],
  [{ kind: "unexpected", detail: "" }, "reload", /Reload the page/],
  [{ kind: "no_backup" }, "current_backup", /restored so far is kept/],
  [changed, "current_backup", /restored so far is kept/],
  [{ ...changed, actual: null }, "current_backup", /restored so far is kept/],
  [{ kind: "decryption_key", reason: "absent" }, "unlock", /recovery key/],
  [{ kind: "decryption_key", reason: "mismatch" }, "unlock", /recovery key/],
];

describe("an error that ended a restore", () => {
  it.each(cases)("%j leads on by %s", (error, next, words) => {
    const said = describeRestoreError(error);
    expect(said.next).toBe(next);
    expect(said.body).toMatch(words);
    expect(said.title).toMatch(/^\S.*[^.\s]$/);
    expect(said.body).toMatch(/^\S.*\.$/);
  });

  it("names both backups when one replaced the other", () => {
    expect(describeRestoreError(changed).title).toMatch(/version 1 is now version 2/);
  });

  it("promises to go on by itself only where it does", () => {
    for (const [error] of cases) {
      const byItself = error.kind === "network" || error.kind === "timeout";
      expect(describeRestoreError(error).body.includes("by itself"), error.kind).toBe(byItself);
    }
  });
});
