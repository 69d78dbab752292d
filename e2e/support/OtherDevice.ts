import {
  ClientEvent,
  createClient,
  EventType,
  MatrixError,
  MatrixEvent,
  MsgType,
  SyncState,
  type AuthDict,
  type MatrixClient,
} from "matrix-js-sdk";
import {
  decodeRecoveryKey,
  type CryptoApi,
  type GeneratedSecretStorageKey,
  type KeyBackupRestoreResult,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup.js";
import type { IMegolmSessionData } from "matrix-js-sdk/lib/@types/crypto.js";
import { MatrixApi } from "./MatrixApi.ts";
import type { ServerBackup } from "./matrixApiTypes.ts";
import type {
  BackupSetUp,
  OtherDeviceOptions,
  OtherDeviceStatus,
  ReadMessage,
} from "./otherDeviceTypes.ts";
import { pausingFetch } from "./pausingFetch.ts";
import { quietSharedLogger, sdkLogger } from "./sdkLogger.ts";
import { waitUntil } from "./waitUntil.ts";

quietSharedLogger();
// Up to ten seconds of random waiting before each upload is for thousands of clients, not for two.
Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });

const SECRETS = [
  "m.megolm_backup.v1",
  "m.cross_signing.master",
  "m.cross_signing.self_signing",
  "m.cross_signing.user_signing",
] as const;

/** A real client of the same or another person: matrix-js-sdk in Node, crypto in memory. */
export class OtherDevice {
  readonly api: MatrixApi;
  readonly client: MatrixClient;
  readonly userId: string;
  readonly deviceId: string;
  readonly #password: string;
  readonly #secretStorageKeys: Map<string, Uint8Array<ArrayBuffer>>;

  private constructor(
    api: MatrixApi,
    client: MatrixClient,
    password: string,
    secretStorageKeys: Map<string, Uint8Array<ArrayBuffer>>,
  ) {
    this.api = api;
    this.client = client;
    this.userId = client.getSafeUserId();
    this.deviceId = client.getDeviceId() ?? "";
    this.#password = password;
    this.#secretStorageKeys = secretStorageKeys;
  }

  /** Signs in as a new device and resolves after its first sync. */
  static async signIn(options: OtherDeviceOptions): Promise<OtherDevice> {
    const { homeserverUrl, username, password, deviceName = "Other device" } = options;
    const api = await MatrixApi.signIn(homeserverUrl, username, password, deviceName);
    const session = api.session;
    if (session === null) throw new Error("signing in gave no session");
    const keys = new Map<string, Uint8Array<ArrayBuffer>>();
    const client = createClient({
      baseUrl: api.baseUrl,
      userId: session.userId,
      deviceId: session.deviceId,
      accessToken: session.accessToken,
      fetchFn: pausingFetch(options.syncPauseMs ?? 0),
      logger: sdkLogger(`${session.userId} ${session.deviceId}`),
      cryptoCallbacks: {
        getSecretStorageKey: ({ keys: wanted }) => {
          const id = Object.keys(wanted).find((candidate) => keys.has(candidate));
          const key = id === undefined ? undefined : keys.get(id);
          return Promise.resolve(id === undefined || key === undefined ? null : [id, key]);
        },
        cacheSecretStorageKey: (id, _info, key) => void keys.set(id, key),
      },
    });
    const device = new OtherDevice(api, client, password, keys);
    try {
      await client.initRustCrypto({ useIndexedDB: false });
      const prepared = device.#firstSync();
      await client.startClient({ initialSyncLimit: 10, disablePresence: true });
      await prepared;
    } catch (error) {
      device.stop();
      throw error;
    }
    return device;
  }

  get crypto(): CryptoApi {
    const crypto = this.client.getCrypto();
    if (crypto === undefined) throw new Error("the crypto of this device is not running");
    return crypto;
  }

  // Identity, secret storage, backup

  /** Makes a cross-signing identity; the account password is given when the server asks. */
  async setUpCrossSigning(options: { readonly replace?: boolean } = {}): Promise<void> {
    await this.crypto.bootstrapCrossSigning({
      setupNewCrossSigning: options.replace ?? false,
      authUploadDeviceSigningKeys: (request) => this.#withPassword(request),
    });
    await this.#seesItselfVerified();
  }

  /** Makes identity, secret storage and backup, in the order that lets the identity sign the backup. */
  async setUpBackup(options: { readonly passphrase?: string } = {}): Promise<BackupSetUp> {
    await this.setUpCrossSigning();
    return this.#makeSecretStorage({ ...options, setupNewKeyBackup: true });
  }

  /** Makes a further recovery key that opens everything, beside the default one; returns it. */
  async addRecoveryKey(name: string): Promise<string> {
    const { secretStorage } = this.client;
    const [defaultId] = (await secretStorage.getKey()) ?? [];
    if (defaultId === undefined) throw new Error("there is no secret storage");
    const made = await this.crypto.createRecoveryKeyFromPassphrase();
    const { keyId } = await secretStorage.addKey("m.secret_storage.v1.aes-hmac-sha2", {
      key: made.privateKey,
      name,
    });
    this.#secretStorageKeys.set(keyId, made.privateKey);
    for (const secret of SECRETS) {
      const text = await secretStorage.get(secret);
      if (text === undefined) throw new Error(`${secret} is not in secret storage`);
      await secretStorage.store(secret, text, [defaultId, keyId]);
    }
    return made.encodedPrivateKey ?? "";
  }

  /** Makes a new recovery key for the secrets and the backup that are there. */
  changeRecoveryKey(): Promise<BackupSetUp> {
    return this.#makeSecretStorage({ setupNewSecretStorage: true });
  }

  /** Opens secret storage, verifies this device and starts using the backup. */
  async unlock(recoveryKey: string): Promise<void> {
    const [keyId, info] = (await this.client.secretStorage.getKey()) ?? [];
    if (keyId === undefined || info === undefined) throw new Error("there is no secret storage");
    const key = decodeRecoveryKey(recoveryKey);
    if (!(await this.client.secretStorage.checkKey(key, info))) {
      throw new Error("this recovery key does not open secret storage");
    }
    this.#secretStorageKeys.set(keyId, key);
    await this.crypto.userHasCrossSigningKeys(this.userId, true);
    await this.crypto.bootstrapCrossSigning({});
    await this.#seesItselfVerified();
    // The check comes first: loading compares with the backup info the SDK holds.
    await this.crypto.checkKeyBackupAndEnable();
    await this.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    await this.crypto.checkKeyBackupAndEnable();
  }

  /** Restores the whole backup by the SDK's own means: the oracle for ours. */
  restore(): Promise<KeyBackupRestoreResult> {
    return this.crypto.restoreKeyBackup();
  }

  /**
   * Makes a new backup version in place of the present one, and returns it. Without `tellsOthers` it
   * does as an app that is older than MSC4385: verified devices are not sent the new key unasked.
   */
  async resetBackup({ tellsOthers = true } = {}): Promise<string> {
    if (!tellsOthers) {
      Object.assign(this.crypto, { pushSecretToVerifiedDevices: () => Promise.resolve() });
    }
    await this.crypto.resetKeyBackup();
    return (await this.#backup()).version;
  }

  /** Deletes the newest backup version on the server and returns it. Its secret stays. */
  async deleteBackup(): Promise<string> {
    const { version } = await this.#backup();
    await this.crypto.deleteKeyBackupVersion(version);
    return version;
  }

  /** Deletes backup and secret storage, as "turn off key storage" does. */
  disableKeyStorage(): Promise<void> {
    return this.crypto.disableKeyStorage();
  }

  /** Resolves once the server's backup holds at least `count` keys; returns what it holds. */
  waitForBackupCount(count: number, timeoutMs?: number): Promise<ServerBackup> {
    return waitUntil(
      async () => {
        const backup = await this.api.backupVersion();
        return backup !== null && backup.count >= count ? backup : null;
      },
      {
        what: `${count} keys in the backup of ${this.userId}`,
        intervalMs: 150,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    );
  }

  /** The room keys this device holds, in the clear. */
  exportRoomKeys(): Promise<IMegolmSessionData[]> {
    return this.crypto.exportRoomKeys();
  }

  /** A fresh look at everything. */
  async status(): Promise<OtherDeviceStatus> {
    const check = await this.crypto.checkKeyBackupAndEnable();
    return {
      crossSigningReady: await this.crypto.isCrossSigningReady(),
      secretStorageReady: await this.crypto.isSecretStorageReady(),
      verified: await this.#isVerified(),
      activeVersion: await this.crypto.getActiveSessionBackupVersion(),
      holdsDecryptionKey: (await this.crypto.getSessionBackupPrivateKey()) !== null,
      backup: await this.api.backupVersion(),
      trust: check === null ? null : await this.crypto.isKeyBackupTrusted(check.backupInfo),
    };
  }

  // Rooms and messages

  /** Makes an encrypted private room and resolves once this device can send in it. */
  async createEncryptedRoom(name: string, invite: readonly string[] = []): Promise<string> {
    const roomId = await this.api.createRoom({ name, invite });
    await this.waitForRoom(roomId);
    return roomId;
  }

  /** Joins a room and resolves once this device can send in it. */
  async joinRoom(roomId: string): Promise<void> {
    await this.api.join(roomId);
    await this.waitForRoom(roomId);
  }

  /** Resolves once this device knows itself joined to the room and the room to be encrypted. */
  async waitForRoom(roomId: string): Promise<void> {
    await waitUntil(
      async () =>
        this.client.getRoom(roomId)?.getMyMembership() === "join" &&
        (await this.crypto.isEncryptionEnabledInRoom(roomId)),
      { what: `${this.userId} to see the room` },
    );
  }

  /** Resolves once this device knows the other person as joined. */
  async waitForMember(roomId: string, userId: string): Promise<void> {
    await waitUntil(() => this.client.getRoom(roomId)?.getMember(userId)?.membership === "join", {
      what: `${this.userId} to see ${userId} join`,
    });
  }

  /** Encrypts and sends one text message; returns its event id. */
  async sendMessage(roomId: string, text: string): Promise<string> {
    const sent = await this.client.sendEvent(roomId, EventType.RoomMessage, {
      msgtype: MsgType.Text,
      body: text,
    });
    return sent.event_id;
  }

  /** Makes the next message of this device in the room start a new room key. */
  rotateRoomKey(roomId: string): Promise<void> {
    return this.crypto.forceDiscardSession(roomId);
  }

  /** Sends messages, each with a room key of its own; returns their event ids. */
  async sendWithOwnKeys(roomId: string, texts: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const text of texts) {
      await this.rotateRoomKey(roomId);
      ids.push(await this.sendMessage(roomId, text));
    }
    return ids;
  }

  /** The newest messages of a room as this device can read them now, oldest first. */
  async readMessages(roomId: string, limit = 50): Promise<ReadMessage[]> {
    const messages: ReadMessage[] = [];
    for (const raw of await this.api.recentEvents(roomId, limit)) {
      const event = new MatrixEvent(raw);
      if (!event.isEncrypted() && event.getType() !== "m.room.message") continue;
      await this.client.decryptEventIfNeeded(event);
      const failed = event.isDecryptionFailure();
      const sessionId: unknown = event.getWireContent()["session_id"];
      messages.unshift({
        eventId: event.getId() ?? "",
        sender: event.getSender() ?? "",
        sessionId: typeof sessionId === "string" ? sessionId : null,
        body: failed ? null : String(event.getContent()["body"]),
        failure: failed ? event.decryptionFailureReason : null,
      });
    }
    return messages;
  }

  // End

  /** Stops syncing and frees the crypto. The device stays signed in on the server. */
  stop(): void {
    this.client.stopClient();
  }

  /** Signs out on the server, which deletes the device, and stops. */
  async signOut(): Promise<void> {
    this.stop();
    await this.api.logout();
  }

  async #makeSecretStorage(options: {
    readonly setupNewKeyBackup?: boolean;
    readonly setupNewSecretStorage?: boolean;
    readonly passphrase?: string;
  }): Promise<BackupSetUp> {
    const { passphrase, ...steps } = options;
    let made: GeneratedSecretStorageKey | null = null;
    await this.crypto.bootstrapSecretStorage({
      ...steps,
      createSecretStorageKey: async () => {
        made = await this.crypto.createRecoveryKeyFromPassphrase(passphrase);
        return made;
      },
    });
    const key = made as GeneratedSecretStorageKey | null;
    const keyId = await this.client.secretStorage.getDefaultKeyId();
    const decryptionKey = await this.crypto.getSessionBackupPrivateKey();
    const backup = await this.#backup();
    if (key?.encodedPrivateKey === undefined || keyId === null || decryptionKey === null) {
      throw new Error("secret storage was there already; nothing was made");
    }
    return {
      recoveryKey: key.encodedPrivateKey,
      secretStorageKey: key.privateKey,
      secretStorageKeyId: keyId,
      version: backup.version,
      backupPublicKey: String(backup.auth_data.public_key),
      backupDecryptionKey: decryptionKey,
    };
  }

  async #isVerified(): Promise<boolean> {
    const own = await this.crypto.getDeviceVerificationStatus(this.userId, this.deviceId);
    return own?.crossSigningVerified ?? false;
  }

  /** The new signature comes back with the next key query, some time after it was made. */
  async #seesItselfVerified(): Promise<void> {
    await waitUntil(() => this.#isVerified(), { what: `${this.deviceId} to be verified` });
  }

  async #backup(): Promise<ServerBackup> {
    const backup = await this.api.backupVersion();
    if (backup === null) throw new Error(`${this.userId} has no backup`);
    return backup;
  }

  async #withPassword(request: (auth: AuthDict | null) => Promise<void>): Promise<void> {
    try {
      await request(null);
    } catch (error) {
      if (!(error instanceof MatrixError) || error.httpStatus !== 401) throw error;
      await request(this.api.passwordAuth(this.#password, error.data["session"]));
    }
  }

  #firstSync(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onSync = (state: SyncState): void => {
        if (state === SyncState.Prepared) resolve();
        else if (state === SyncState.Error) reject(new Error(`${this.userId} cannot sync`));
        else return;
        this.client.off(ClientEvent.Sync, onSync);
      };
      this.client.on(ClientEvent.Sync, onSync);
    });
  }
}
