import { wipe } from "@/lib/bytes";
import type { MatrixClient } from "matrix-js-sdk";
import type { CryptoCallbacks } from "matrix-js-sdk/lib/crypto-api";
import type { SecretStorageKeyHolder } from "./sessionContext";

type CheckKey = MatrixClient["secretStorage"]["checkKey"];

/**
 * A holder and the SDK callbacks that read it. Nothing ever prompts: outside `withKey` the SDK is
 * told that there is no key. The SDK's offers to cache a key are not taken up.
 */
export function createSecretStorageKeyHolder(checkKey: CheckKey): {
  readonly holder: SecretStorageKeyHolder;
  readonly callbacks: CryptoCallbacks;
} {
  const lent = new Set<Uint8Array<ArrayBuffer>>();

  return {
    holder: {
      async withKey(key, operation) {
        const copy = new Uint8Array(key);
        lent.add(copy);
        try {
          return await operation();
        } finally {
          lent.delete(copy);
          wipe(copy);
        }
      },
    },
    callbacks: {
      async getSecretStorageKey({ keys }) {
        for (const [keyId, description] of Object.entries(keys)) {
          for (const key of lent) {
            if (await accepts(checkKey, key, description)) return [keyId, key];
          }
        }
        return null;
      },
    },
  };
}

/** `checkKey` throws for algorithms it does not know and for malformed check values. */
async function accepts(
  checkKey: CheckKey,
  key: Uint8Array<ArrayBuffer>,
  description: Parameters<CheckKey>[1],
): Promise<boolean> {
  try {
    return await checkKey(key, description);
  } catch {
    return false;
  }
}
