import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Sends the backup's decryption key that is held here to the account's other verified devices, as the
 * SDK's own reset does (MSC4385): they then follow to a new version by themselves. Best effort: one
 * that does not hear of it asks its person for the recovery key.
 */
export async function pushBackupKey(context: Pick<SessionContext, "crypto">): Promise<void> {
  await attempt(async () => {
    // Private in matrix-js-sdk 43; a test notices when it has moved.
    const crypto: object = context.crypto();
    if (!("pushSecretToVerifiedDevices" in crypto)) return;
    if (typeof crypto.pushSecretToVerifiedDevices !== "function") return;
    await crypto.pushSecretToVerifiedDevices("m.megolm_backup.v1");
  });
}
