import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import type { KeyBackupPort, UnlockReport } from "@/domain/ports";
import { ok, type Result } from "@/domain/result";
import {
  aBackup,
  allKeysBackedUp,
  backupVersion,
  byDefaultKey,
  readyIdentity,
  readySecretStorage,
  trustedBackup,
} from "./facts";

type Answer<T> = Result<T, AppError>;
type Question = Exclude<keyof KeyBackupPort, symbol>;

/** A key backup in order. Set an answer to change what is read next; `asked` counts the calls. */
export class FakeKeyBackup implements KeyBackupPort {
  backup: Answer<BackupInfo | null> = ok(aBackup());
  trust: Answer<BackupTrust> = ok(trustedBackup);
  activeVersion: Answer<BackupVersion | null> = ok(backupVersion("1"));
  crossSigning: Answer<CrossSigningStatus> = ok(readyIdentity);
  secretStorage: Answer<SecretStorageStatus> = ok(readySecretStorage);
  roomKeys: Answer<RoomKeyCounts> = ok(allKeysBackedUp);
  rechecked: Answer<void> = ok(undefined);
  unlocked: Answer<UnlockReport> = ok({
    deviceVerified: true,
    backup: "ready",
    version: backupVersion("1"),
    openedBy: byDefaultKey,
  });
  /** What a recheck changes, as the SDK's would. */
  onRecheck: () => void = () => undefined;
  readonly asked: Record<Question, number> = {
    fetchBackupInfo: 0,
    readTrust: 0,
    readActiveVersion: 0,
    readCrossSigning: 0,
    readSecretStorage: 0,
    countRoomKeys: 0,
    recheck: 0,
    unlock: 0,
  };
  #gate: Promise<void> = Promise.resolve();

  /** Holds every answer back until the returned function is called. Answers are then the newest. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async fetchBackupInfo(): Promise<Answer<BackupInfo | null>> {
    return this.#answer("fetchBackupInfo", () => this.backup);
  }

  async readTrust(): Promise<Answer<BackupTrust>> {
    return this.#answer("readTrust", () => this.trust);
  }

  async readActiveVersion(): Promise<Answer<BackupVersion | null>> {
    return this.#answer("readActiveVersion", () => this.activeVersion);
  }

  async readCrossSigning(): Promise<Answer<CrossSigningStatus>> {
    return this.#answer("readCrossSigning", () => this.crossSigning);
  }

  async readSecretStorage(): Promise<Answer<SecretStorageStatus>> {
    return this.#answer("readSecretStorage", () => this.secretStorage);
  }

  async countRoomKeys(): Promise<Answer<RoomKeyCounts>> {
    return this.#answer("countRoomKeys", () => this.roomKeys);
  }

  async recheck(): Promise<Answer<void>> {
    return this.#answer("recheck", () => {
      this.onRecheck();
      return this.rechecked;
    });
  }

  async unlock(): Promise<Answer<UnlockReport>> {
    return this.#answer("unlock", () => this.unlocked);
  }

  async #answer<T>(question: Question, answer: () => T): Promise<T> {
    this.asked[question]++;
    await this.#gate;
    return answer();
  }
}
