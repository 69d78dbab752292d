import type { KeyImportReport } from "@/domain/keyFile";
import { formatNumber, formatRoomKeys } from "./formatNumber";

/** What an import brought, in one sentence. */
export function describeImport(report: KeyImportReport): string {
  const { total, added, improved, already, failed } = report;
  const parts = [
    `${formatNumber(added)} new`,
    ...(improved === 0 ? [] : [`${formatNumber(improved)} better than the copy that was here`]),
    `${formatNumber(already)} already here`,
    ...(failed === 0 ? [] : [`${formatNumber(failed)} not usable`]),
  ];
  return `${formatRoomKeys(total)} in the file: ${parts.join(", ")}.`;
}

/** What is wrong with a passphrase for a new file, or null. `again`: as it was typed the second time. */
export function describePassphrase(
  passphrase: string,
  again: string,
  shortest: number,
): string | null {
  if (passphrase.length < shortest) {
    return `Use at least ${shortest} characters, best several words: whoever gets the file can try as many passphrases as they like.`;
  }
  return passphrase === again ? null : "The two are not the same. Type the passphrase once more.";
}
