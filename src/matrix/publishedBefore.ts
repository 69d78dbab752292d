import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { cryptoStoreExists } from "./deviceStore";
import { withEndedMachine } from "./endedMachine";
import { isObject } from "./errorOfAnswer";
import { loadCrypto } from "./loadCrypto";
import { loadCryptoWasm } from "./olmMachine";
import { attempt } from "./toAppError";
import type { Vault } from "./vault";

/** Whether the stored device has given its keys to the server, by what its own store says. */
export type HasPublished = (vault: Vault) => Promise<Result<boolean, AppError>>;

/**
 * Opens the stored device's crypto store offline, for a look at what it still has to send: its device
 * keys are among that until the server has taken them. No client may be running on the store.
 */
export async function hasPublishedBefore(vault: Vault): Promise<Result<boolean, AppError>> {
  const loaded = await loadCrypto();
  if (!loaded.ok) return loaded;
  const opened = await vault.unlock();
  if (!opened.ok) return opened;
  const session = opened.value;
  if (session === null) return ok(false);
  const exists = await attempt(() => cryptoStoreExists(session.cryptoStorePrefix));
  // A store that was lost is for the opening to tell of.
  if (!exists.ok || !exists.value) return exists;
  return attempt(async () => {
    const { KeysUploadRequest } = await loadCryptoWasm();
    return withEndedMachine(session, session.storageKey, async (machine) => {
      let waits = false;
      for (const request of await machine.outgoingRequests()) {
        if (request instanceof KeysUploadRequest) waits ||= holdsDeviceKeys(request.body);
        request.free();
      }
      return !waits;
    });
  });
}

function holdsDeviceKeys(body: string): boolean {
  const parsed: unknown = JSON.parse(body);
  return isObject(parsed) && isObject(parsed.device_keys);
}
