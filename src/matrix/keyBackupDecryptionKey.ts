import type { DecryptionKeySource } from "@/domain/ports";
import { fail, ok } from "@/domain/result";
import { backupPublicKeyOf } from "./olmMachine";
import { fetchBackupInfo } from "./roomKeysApi";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * Hands out the decryption key this device holds, after comparing it with the backup's public key
 * by a fresh read. The bytes are the caller's to zero.
 */
export function createDecryptionKeySource(context: SessionContext): DecryptionKeySource {
  return {
    async read(version) {
      const info = await fetchBackupInfo(context);
      if (!info.ok) return info;
      if (info.value === null) return fail({ kind: "no_backup" });
      const { publicKey, version: actual } = info.value;
      if (actual !== version) return fail({ kind: "backup_changed", expected: version, actual });
      const held = await attempt(() => context.crypto().getSessionBackupPrivateKey());
      if (!held.ok) return held;
      if (held.value === null) return fail({ kind: "decryption_key", reason: "absent" });
      const key = held.value;
      const derived = await attempt(() => backupPublicKeyOf(key));
      if (derived.ok && derived.value === publicKey) return ok(key);
      key.fill(0);
      return derived.ok ? fail({ kind: "decryption_key", reason: "mismatch" }) : derived;
    },
  };
}
