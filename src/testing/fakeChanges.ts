import type { JournalEntry } from "@/domain/changeJournal";
import type {
  ChangeKeyPlan,
  ChangeKeyProof,
  ChangeKeyPort,
  ChangeKeyUndo,
  ChangesPort,
  OldBackup,
  OldBackupReport,
  ReplacePlan,
  ReplacePort,
  ReplaceProof,
  ReplaceUndo,
} from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { ok, type Result } from "@/domain/result";
import { backupVersion } from "./facts";

type Answer<T> = Result<T, AppError>;

/** A replacement that ends as the test says; `log` has every call, in order, with its key's text. */
export class FakeReplace implements ReplacePort {
  planned: Answer<ReplacePlan> = ok({
    kind: "ready",
    version: backupVersion("1"),
    count: 1_200,
    held: 1_150,
    onlyInBackup: 50,
    oldKey: "here",
  });
  /** The answers of the runs, one after the other; the last one stays. */
  proofs: Answer<ReplaceProof>[] = [
    ok({
      version: backupVersion("2"),
      count: 1_150,
      keyId: "defaultKeyId",
      signedByDevice: true,
      signedByIdentity: true,
      old: { version: backupVersion("1"), keyKept: true },
    }),
  ];
  undone: Answer<ReplaceUndo> = ok({ kind: "undone", version: backupVersion("1") });
  old: Answer<readonly OldBackup[]> = ok([]);
  report: Answer<OldBackupReport> = ok({
    old: { version: backupVersion("1"), count: 1_200, etag: "7", publicKey: "pk" },
    current: { version: backupVersion("2"), count: 1_200 },
    unreadable: 0,
  });
  deleted: Answer<void> = ok(undefined);
  readonly log: string[] = [];

  async plan(): Promise<Answer<ReplacePlan>> {
    return this.planned;
  }

  async run(
    key: RecoveryKey,
    options: Parameters<ReplacePort["run"]>[1],
  ): Promise<Answer<ReplaceProof>> {
    this.log.push(`run ${key.text} ${options.confirmed}${options.withoutOldKey ? " without" : ""}`);
    for (const step of ["checking", "stage", "create", "secret", "enable", "upload"] as const) {
      options.onStep(step);
    }
    options.onUpload({ done: 600, total: 1_150 });
    const answer = this.proofs.length > 1 ? this.proofs.shift() : this.proofs[0];
    if (answer === undefined) throw new Error("no answer is left");
    return answer;
  }

  async undo(key: RecoveryKey): Promise<Answer<ReplaceUndo>> {
    this.log.push(`undo ${key.text}`);
    return this.undone;
  }

  async listOld(): Promise<Answer<readonly OldBackup[]>> {
    return this.old;
  }

  async checkOld(key: RecoveryKey, version: string): Promise<Answer<OldBackupReport>> {
    this.log.push(`check ${key.text} ${version}`);
    return this.report;
  }

  async deleteOld(key: RecoveryKey, report: OldBackupReport): Promise<Answer<void>> {
    this.log.push(`delete ${key.text} ${report.old.version}`);
    return this.deleted;
  }
}

/** A change of the recovery key that ends as the test says. */
export class FakeChangeKey implements ChangeKeyPort {
  planned: Answer<ChangeKeyPlan> = ok({
    kind: "ready",
    secrets: 5,
    canWithoutOldKey: true,
    others: 1,
  });
  proofs: Answer<ChangeKeyProof>[] = [ok({ secrets: 5, left: 0, keyId: "new" })];
  finished: Answer<ChangeKeyProof> = ok({ secrets: 5, left: 0, keyId: "new" });
  undone: Answer<ChangeKeyUndo> = ok({ kind: "undone" });
  generated = 0;
  readonly log: string[] = [];

  async plan(): Promise<Answer<ChangeKeyPlan>> {
    return this.planned;
  }

  generateRecoveryKey(): RecoveryKey {
    const bytes = new Uint8Array(32).fill(++this.generated);
    return { bytes, text: encodeRecoveryKey(bytes) };
  }

  async run(
    newKey: RecoveryKey,
    oldKey: RecoveryKey | null,
    options: Parameters<ChangeKeyPort["run"]>[2],
  ): Promise<Answer<ChangeKeyProof>> {
    this.log.push(`run ${newKey.text} ${oldKey?.text ?? "without"}`);
    for (const step of ["checking", "describe", "encrypt", "point", "proof"] as const) {
      options.onStep(step);
    }
    const answer = this.proofs.length > 1 ? this.proofs.shift() : this.proofs[0];
    if (answer === undefined) throw new Error("no answer is left");
    return answer;
  }

  async finish(newKey: RecoveryKey): Promise<Answer<ChangeKeyProof>> {
    this.log.push(`finish ${newKey.text}`);
    return this.finished;
  }

  async undo(oldKey: RecoveryKey | null): Promise<Answer<ChangeKeyUndo>> {
    this.log.push(`undo ${oldKey?.text ?? "without"}`);
    return this.undone;
  }
}

export class FakeChanges implements ChangesPort {
  readonly replace = new FakeReplace();
  readonly recoveryKey = new FakeChangeKey();
  unfinished: Answer<JournalEntry | null> = ok(null);

  async readUnfinished(): Promise<Answer<JournalEntry | null>> {
    return this.unfinished;
  }
}
