import type { BackupVersion } from "@/domain/backup";
import type { BackupNotice } from "@/domain/backupNotice";

/**
 * What changed on the server without this device doing it. Neutral: the change is a fact, who made
 * it is not known, and it is nearly always the person's own other device.
 */
export function describeNotice(notice: BackupNotice): { title: string; body: string } {
  switch (notice.kind) {
    case "disappeared":
      return {
        title: `Backup version ${notice.version} is no longer on the server`,
        body: "It was deleted by another device or app of yours, or by the server. The keys on this device are untouched. If it was not you, check the list of your devices.",
      };
    case "replaced":
      if (isOlder(notice.to, notice.from)) {
        return {
          title: `Backup version ${notice.from} was deleted, and version ${notice.to} is back`,
          body: "The server kept the older backup and shows it again now. The keys on this device are untouched. If it was not you, check the list of your devices.",
        };
      }
      return {
        title: `Backup version ${notice.from} was replaced by version ${notice.to}`,
        body: "Another device or app of yours made a new backup. If you have a newer recovery key, that one opens it. The keys on this device are untouched. If it was not you, check the list of your devices.",
      };
    case "key_swapped":
      return {
        title: `Backup version ${notice.version} has a new key`,
        body: "The version is the same, but the key it is locked with was changed on the server. The keys on this device are untouched. If it was not you, check the list of your devices.",
      };
  }
}

/** Versions are opaque strings; only where both are plain numbers, as on Synapse, is an order known. */
function isOlder(version: BackupVersion, than: BackupVersion): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && Number(version) < Number(than);
}
