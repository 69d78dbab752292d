import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, ExportRequest } from "@/domain/keyFile";
import type { Result } from "@/domain/result";
import { findCryptoStore } from "./deviceStore";
import { withEndedMachine } from "./endedMachine";
import { exportKeys } from "./exportKeys";
import { loadCrypto } from "./loadCrypto";
import { SessionFailure } from "./sessionFailure";
import { attempt } from "./toAppError";
import type { StoredSession, Vault } from "./vault";

type EndedVault = Pick<Vault, "read" | "unlock" | "readEnded" | "unlockEnded">;

/**
 * The room keys that the stored device, which the server ended, and those that were ended before it
 * have in this browser, in one encrypted file. Offline; changes nothing. A store that does not open
 * makes the whole fail: a file must not pass for more than it is.
 */
export async function exportEndedKeys(
  vault: EndedVault,
  request: ExportRequest,
): Promise<Result<ExportedKeyFile, AppError>> {
  const loaded = await loadCrypto();
  if (!loaded.ok) return loaded;
  const sessions = await attempt(async () => {
    const [stored, ended] = [await vault.read(), await vault.readEnded()];
    if (!stored.ok) throw new SessionFailure(stored.error);
    if (!ended.ok) throw new SessionFailure(ended.error);
    return stored.value === null ? ended.value : [stored.value, ...ended.value];
  });
  if (!sessions.ok) return sessions;
  return exportKeys(
    sessions.value.map((session) => async (use) => {
      const found = await findCryptoStore(session.cryptoStorePrefix);
      if (found === "none") return;
      if (found === "part") throw new SessionFailure({ kind: "storage", reason: "mismatch" });
      await withEndedMachine(session, await unlockStoreOf(vault, session), use);
    }),
    request,
  );
}

async function unlockStoreOf(
  vault: EndedVault,
  { ended, cryptoStorePrefix }: StoredSession,
): Promise<Uint8Array<ArrayBuffer>> {
  // That the server ended it may not have been noted.
  const unlocked = ended ? await vault.unlockEnded(cryptoStorePrefix) : await vault.unlock();
  if (!unlocked.ok) throw new SessionFailure(unlocked.error);
  if (unlocked.value === null) throw new SessionFailure({ kind: "storage", reason: "mismatch" });
  return unlocked.value.storageKey;
}
