import type { BackupVersion } from "@/domain/backup";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { copyOf, openDevice, PASSWORD, valueOf, type TestDevice } from "./integrationDevice";
import type { Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createSetUp } from "./setUp";

/** An account with an identity, a recovery key and an empty backup. */
export interface SetUpAccount {
  readonly userId: string;
  /** The device that made everything. */
  readonly device: TestDevice;
  readonly key: RecoveryKey;
  /** Of the recovery key in secret storage. */
  readonly keyId: string;
  readonly version: BackupVersion;
}

export async function openSetUpAccount(server: Homeserver): Promise<SetUpAccount> {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  const key = setUp.generateRecoveryKey();
  const options = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
  const { version } = valueOf(await setUp.run(copyOf(key), options));
  const { keyId } = valueOf(await createKeyBackup(device.context).readSecretStorage());
  return { userId, device, key, keyId: keyId ?? "", version };
}
