import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { wipe } from "@/lib/bytes";
import { loadCryptoWasm, withFreed } from "./olmMachine";
import { redactingLogger } from "./redactingLogger";
import type { StoredSession } from "./vault";

/**
 * Opens the crypto store of an ended device by itself, without a client and offline, for one
 * operation, and lets go of it afterwards so that its databases can be deleted. `storageKey` is
 * wiped. The crypto WebAssembly must be loaded, and the store must exist: a missing one would be
 * made. Rejects when the store does not open.
 */
export async function withEndedMachine<T>(
  { user, cryptoStorePrefix }: Pick<StoredSession, "user" | "cryptoStorePrefix">,
  storageKey: Uint8Array<ArrayBuffer>,
  operation: (machine: OlmMachine) => Promise<T>,
): Promise<T> {
  const wasm = await loadCryptoWasm();
  const opening = wasm.StoreHandle.openWithKey(cryptoStorePrefix, storageKey, redactingLogger);
  const handle = await opening.finally(() => wipe(storageKey));
  const machine = await withFreed(handle, () =>
    withFreed(new wasm.UserId(user.userId), (userId) =>
      withFreed(new wasm.DeviceId(user.deviceId), (deviceId) =>
        wasm.OlmMachine.initFromStore(userId, deviceId, handle, redactingLogger),
      ),
    ),
  );
  try {
    return await operation(machine);
  } finally {
    machine.close();
  }
}
