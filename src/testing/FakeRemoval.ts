import type { AppError } from "@/domain/errors";
import type { BackupSurvey, BackupWish } from "@/domain/removal";
import type {
  DeletedBackup,
  DeletedKeyStorage,
  IdentitySurvey,
  KeyStorageSurvey,
  RemovalPort,
  ResetBackup,
  SwitchedUpload,
  UnfinishedRemoval,
} from "@/domain/removalPorts";
import { ok, type Result } from "@/domain/result";
import { backupVersion } from "./facts";

type Answer<T> = Result<T, AppError>;

export function aSurvey(changes: Partial<BackupSurvey> = {}): BackupSurvey {
  return {
    version: backupVersion("7"),
    publicKey: "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo",
    coverage: { onServer: 1204, notedHere: 1190, onlyInBackup: 14 },
    heldHere: 1300,
    opensHere: true,
    ...changes,
  };
}

/** Removals that end as the test says; what they were asked for is in the log. */
export class FakeRemoval implements RemovalPort {
  wish: Answer<BackupWish> = ok("on");
  backup: Answer<BackupSurvey | null> = ok(aSurvey());
  /** One for each call; the last one repeats. */
  deleted: Answer<DeletedBackup>[] = [ok({ kind: "none_left", unsaid: null })];
  switched: Answer<SwitchedUpload> = ok({ unstored: null });
  uploadOff = false;
  keyStorage: Answer<KeyStorageSurvey> = ok({
    backup: aSurvey(),
    keyId: "K",
    anythingStored: true,
    identityHere: true,
    identityOnlyStored: false,
    backupKeyOnlyStored: false,
  });
  /** Plays the deletion of key storage; may ask about older versions. */
  deleteKeyStorageAs: RemovalPort["deleteKeyStorage"] = async () => ok({ kind: "deleted" });
  identity: Answer<IdentitySurvey> = ok({
    published: "oldMasterKey",
    keysHere: false,
    keysStored: false,
    backup: aSurvey(),
  });
  /** Plays the reset; may ask for the password. */
  resetIdentityAs: RemovalPort["resetIdentity"] = async () =>
    ok({ kind: "kept", version: backupVersion("7") });
  unfinished: Answer<UnfinishedRemoval | null> = ok(null);
  readonly log: string[] = [];

  async readBackupWish(): Promise<Answer<BackupWish>> {
    return this.wish;
  }

  async surveyBackup(): Promise<Answer<BackupSurvey | null>> {
    return this.backup;
  }

  async deleteBackup(
    confirmed: Parameters<RemovalPort["deleteBackup"]>[0],
    older: Parameters<RemovalPort["deleteBackup"]>[1],
  ): Promise<Answer<DeletedBackup>> {
    const versions = [...older, confirmed].map(({ version }) => version);
    this.log.push(`delete ${versions.join(", then ")}`);
    const [next, ...rest] = this.deleted;
    if (next === undefined) throw new Error("no answer is left");
    if (rest.length > 0) this.deleted = rest;
    return next;
  }

  isUploadOff(): boolean {
    return this.uploadOff;
  }

  async switchUpload(on: boolean): Promise<Answer<SwitchedUpload>> {
    this.log.push(`upload ${on ? "on" : "off"}`);
    if (this.switched.ok) this.uploadOff = !on;
    return this.switched;
  }

  async surveyKeyStorage(): Promise<Answer<KeyStorageSurvey>> {
    return this.keyStorage;
  }

  async deleteKeyStorage(
    ...args: Parameters<RemovalPort["deleteKeyStorage"]>
  ): Promise<Answer<DeletedKeyStorage>> {
    this.log.push("delete key storage");
    return this.deleteKeyStorageAs(...args);
  }

  async surveyIdentity(): Promise<Answer<IdentitySurvey>> {
    return this.identity;
  }

  async resetIdentity(
    ...args: Parameters<RemovalPort["resetIdentity"]>
  ): Promise<Answer<ResetBackup>> {
    this.log.push("reset identity");
    return this.resetIdentityAs(...args);
  }

  async readUnfinished(): Promise<Answer<UnfinishedRemoval | null>> {
    return this.unfinished;
  }

  async leaveUnfinished(): Promise<Answer<void>> {
    this.log.push("leave");
    this.unfinished = ok(null);
    return ok(undefined);
  }
}
