import type { AppError } from "@/domain/errors";
import type { KeyEntry, KeyEntryOptions } from "@/domain/keyEntry";
import {
  rememberKeyTest,
  type KeyTestPort,
  type KeyTestReport,
  type LastKeyTest,
} from "@/domain/keyTest";
import type { UnlockReport } from "@/domain/ports";
import type { Reading } from "@/domain/reading";
import type { Result } from "@/domain/result";
import { useQuery } from "@tanstack/react-query";
import { useStore } from "zustand";
import { useLiveSession } from "./hooks";
import { queriesOf, toReading, unreadOptions } from "./queries";
import { useOpenSession, useServices } from "./sessionHooks";

/** Which ways in the account has beside the recovery key. */
export function useKeyEntryOptions(): Reading<KeyEntryOptions> {
  const session = useOpenSession();
  const options = session === null ? null : queriesOf(session).keyEntryOptions;
  return toReading(useQuery(options ?? unreadOptions<KeyEntryOptions>("keyEntryOptions")));
}

type Unlocked = Promise<Result<UnlockReport, AppError>>;

/**
 * The ways to unlock. Plain calls: as mutations the secrets would be kept in the mutation cache.
 * Everything is read again before they resolve.
 */
export function useUnlock(): {
  readonly unlock: (entry: KeyEntry, signal: AbortSignal) => Unlocked;
  readonly setDecryptionKey: (bytes: Uint8Array) => Unlocked;
} {
  const { keyBackup, keyEntry } = useLiveSession();
  const { checkAgain } = useServices().session;
  return {
    async unlock(entry, signal) {
      const result =
        entry.kind === "recovery_key"
          ? await keyBackup.unlock(entry.key)
          : await keyEntry.unlockWithPassphrase(entry.passphrase, signal);
      await checkAgain();
      return result;
    },
    async setDecryptionKey(bytes) {
      const result = await keyEntry.setDecryptionKey(bytes);
      await checkAgain();
      return result;
    },
  };
}

/** The test of a saved key, and what is remembered of the last one. */
export function useKeyTest(): {
  readonly last: LastKeyTest | null;
  readonly run: KeyTestPort["run"];
} {
  const { keyTest, id } = useLiveSession();
  const { store, session } = useServices();
  const last = useStore(store, (state) => state.lastKeyTest);
  return {
    last,
    async run(entry, options): Promise<Result<KeyTestReport, AppError>> {
      const result = await keyTest.run(entry, options);
      // Another person may have signed in meanwhile.
      const isCurrent = session.liveSession()?.id === id;
      if (result.ok && isCurrent) session.rememberKeyTest(rememberKeyTest(result.value));
      return result;
    },
  };
}
