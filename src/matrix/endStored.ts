import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { endTokens } from "./endTokens";
import { decodeTokens } from "./sessionTokens";
import type { Vault } from "./vault";

/**
 * Ends the stored session on its server, without its crypto store, and removes nothing here. Done
 * where there is nothing to end: nothing is stored, or the server ended it and its token is dropped.
 */
export async function endStored(
  vault: Pick<Vault, "read" | "unlock">,
): Promise<Result<void, AppError>> {
  const stored = await vault.read();
  if (!stored.ok) return stored;
  if (stored.value === null || stored.value.ended) return ok(undefined);
  const unlocked = await vault.unlock();
  if (!unlocked.ok) return unlocked;
  if (unlocked.value === null) return ok(undefined);
  const { user, storageKey, accessToken } = unlocked.value;
  wipe(storageKey);
  const tokens = decodeTokens(accessToken);
  return tokens === null
    ? fail({ kind: "storage", reason: "mismatch" })
    : endTokens(user.homeserverUrl, tokens);
}
