import type { KeyEntryPort } from "@/domain/keyEntry";
import { fail } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { keyFromPassphrase, readKeyEntryOptions } from "./passphraseKeys";
import type { SessionContext } from "./sessionContext";
import { setDecryptionKey, unlock } from "./unlock";

/** The ways to the decryption key beside the recovery key, over one live SDK client. */
export function createKeyEntry(context: SessionContext): KeyEntryPort {
  return {
    readOptions: () => readKeyEntryOptions(context),
    async unlockWithPassphrase(passphrase, signal) {
      // Deriving takes its time and changes nothing, so it holds up no other change.
      const key = await keyFromPassphrase(context, passphrase, signal);
      if (!key.ok) return key;
      const bytes = key.value;
      try {
        if (signal.aborted) return fail({ kind: "closed" });
        // What the key is for is read once more in there: it may have changed meanwhile.
        return await context.takeTurn(() => unlock(context, bytes));
      } finally {
        wipe(bytes);
      }
    },
    async setDecryptionKey(given) {
      const bytes = Uint8Array.from(given);
      try {
        return await context.takeTurn(() => setDecryptionKey(context, bytes));
      } finally {
        wipe(bytes);
      }
    },
  };
}
