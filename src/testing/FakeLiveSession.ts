import type { AccountDevice, AccountDevicesPort } from "@/domain/accountDevices";
import type { AppError } from "@/domain/errors";
import type {
  LiveSession,
  SessionEvent,
  SetUpPlan,
  SetUpPort,
  SetUpProof,
  Unsubscribe,
} from "@/domain/ports";
import type { EncryptedRoom, RoomName, RoomsPort } from "@/domain/rooms";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { ok, type Result } from "@/domain/result";
import type { OAuthSession } from "@/domain/signIn";
import type { SignedInUser } from "@/domain/session";
import type { UploadPort } from "@/domain/uploadQueue";
import { alice, backupVersion } from "./facts";
import { FakeChanges } from "./fakeChanges";
import { FakeKeyBackup } from "./FakeKeyBackup";
import { FakeKeyEntry, FakeKeyTest } from "./fakeKeyPorts";
import { FakeRemoval } from "./FakeRemoval";
import { FakeKeyExport } from "./FakeKeyExport";
import { FakeRepair } from "./FakeRepair";
import { FakeRestoreEngine } from "./FakeRestoreEngine";
import { FakeVerification } from "./FakeVerification";

/** Rooms that hold what the test puts into them. */
class FakeRooms implements RoomsPort {
  rooms: Result<readonly EncryptedRoom[], AppError> = ok([]);
  counts: Result<ReadonlyMap<string, number>, AppError> = ok(new Map());
  /** A promise is one that the test keeps waiting for. */
  lastUsed: Result<readonly RoomName[], AppError> | Promise<never> = ok([]);
  readonly asked = { list: 0, countKeysByRoom: 0 };

  async listLastUsed(): Promise<Result<readonly RoomName[], AppError>> {
    return this.lastUsed;
  }

  async list(): Promise<Result<readonly EncryptedRoom[], AppError>> {
    this.asked.list++;
    return this.rooms;
  }

  async countKeysByRoom(): Promise<Result<ReadonlyMap<string, number>, AppError>> {
    this.asked.countKeysByRoom++;
    return this.counts;
  }
}

/** The account's other devices as the test says. */
class FakeAccountDevices implements AccountDevicesPort {
  devices: Result<readonly AccountDevice[], AppError> = ok([
    { deviceId: "PHONE", name: "Phone", lastSeenAt: 1, standing: "verified" },
  ]);

  async list(): Promise<Result<readonly AccountDevice[], AppError>> {
    return this.devices;
  }
}

/** Counts how often the upload was started again. */
class FakeUpload implements UploadPort {
  restarts = 0;

  async restart(): Promise<Result<void, AppError>> {
    this.restarts++;
    return ok(undefined);
  }
}

/** A set-up that goes through its steps at once and ends as the test says. */
class FakeSetUp implements SetUpPort {
  planned: Result<SetUpPlan, AppError> = ok({ kind: "new_recovery_key" });
  proof: Result<SetUpProof, AppError> = ok({
    version: backupVersion("1"),
    keyId: "defaultKeyId",
    signedByDevice: true,
    signedByIdentity: true,
  });

  async plan(): Promise<Result<SetUpPlan, AppError>> {
    return this.planned;
  }

  generateRecoveryKey() {
    const bytes = new Uint8Array(32).fill(7);
    return { bytes, text: encodeRecoveryKey(bytes) };
  }

  async run(
    _key: unknown,
    { onStep }: Parameters<SetUpPort["run"]>[1],
  ): Promise<Result<SetUpProof, AppError>> {
    for (const step of [
      "checking",
      "identity",
      "secret_storage",
      "backup_key",
      "backup",
      "proof",
    ] as const) {
      onStep(step);
    }
    return this.proof;
  }
}

let opened = 0;

/** An open session; `emit` speaks for the SDK. */
export class FakeLiveSession implements LiveSession {
  readonly id = `session-${++opened}`;
  readonly user: SignedInUser;
  readonly memoryOnly: boolean;
  oauth: OAuthSession | null = null;
  readonly keyBackup = new FakeKeyBackup();
  readonly keyEntry = new FakeKeyEntry();
  readonly keyTest = new FakeKeyTest();
  readonly setUp = new FakeSetUp();
  readonly verification = new FakeVerification();
  readonly changes = new FakeChanges();
  readonly removal = new FakeRemoval();
  readonly repair = new FakeRepair();
  readonly upload = new FakeUpload();
  readonly keyExport = new FakeKeyExport();
  readonly accountDevices = new FakeAccountDevices();
  readonly rooms = new FakeRooms();
  readonly restore = new FakeRestoreEngine();
  signedOut: Result<void, AppError> = ok(undefined);
  /** What was done to it, in order. */
  readonly log: ("signOut" | "close")[] = [];
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  constructor(user: SignedInUser = alice, memoryOnly = false) {
    this.user = user;
    this.memoryOnly = memoryOnly;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  emit(...events: readonly SessionEvent[]): void {
    for (const event of events) for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: SessionEvent) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async signOut(): Promise<Result<void, AppError>> {
    this.log.push("signOut");
    return this.signedOut;
  }

  async close(): Promise<void> {
    this.log.push("close");
  }
}
