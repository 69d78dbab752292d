import type { UploadPort } from "@/domain/uploadQueue";
import { fail } from "@/domain/result";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/** Starts the SDK's upload of room keys again where it has ended without a word. */
export function createUpload(context: SessionContext): UploadPort {
  return {
    restart: () =>
      context.takeTurn(async () => {
        // The SDK's check takes a failed read for "no backup", so one of our own comes first.
        const info = await fetchBackupInfo(context);
        if (!info.ok) return fail(info.error);
        return attempt(async () => {
          await context.crypto().checkKeyBackupAndEnable();
          await startUploadLoop(context);
        });
      }),
  };
}

/**
 * The check enables and switches, but where the version is the same as before it starts nothing. The
 * SDK's own way, on every new key, is private; it does nothing while the loop runs or backup is off.
 */
export async function startUploadLoop(context: SessionContext): Promise<void> {
  const crypto: object = context.crypto();
  const manager: unknown = "backupManager" in crypto ? crypto.backupManager : undefined;
  if (typeof manager !== "object" || manager === null || !("maybeUploadKey" in manager)) {
    throw new Error("matrix-js-sdk keeps its backup manager somewhere else now");
  }
  const { maybeUploadKey } = manager;
  if (typeof maybeUploadKey !== "function") {
    throw new Error("matrix-js-sdk starts its uploads in another way now");
  }
  await Reflect.apply(maybeUploadKey, manager, []);
}
