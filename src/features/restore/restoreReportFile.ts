import type { BackupVersion } from "@/domain/backup";
import { failedCount, missingCount, settledCount, type RestoreReport } from "@/domain/restore";
import { groupFailures } from "./groupFailures";

/**
 * The report as a JSON text for the person to keep or to show somebody: counts, rooms and reasons.
 * No session ids and nothing of any key.
 */
export function restoreReportJson(
  version: BackupVersion,
  report: RestoreReport,
  writtenAt: number,
): string {
  const { tally, failures } = report;
  return `${JSON.stringify(
    {
      report: "Key backup restore",
      writtenAt: new Date(writtenAt).toISOString(),
      backupVersion: version,
      countedByServer: tally.expected,
      total: settledCount(tally),
      imported: tally.imported,
      /** Of these, those that took the place of a copy that opened fewer messages. */
      improved: tally.improved,
      /** Of these, those whose entries had come before with other content. */
      again: tally.again,
      already: tally.already,
      /** Of these, those that an earlier restore had dealt with and that are unchanged since. */
      recalled: tally.recalled,
      /** Of those stored or held, the ones that stood under a wrong session id. */
      relabelled: tally.relabelled,
      failed: failedCount(tally),
      missing: missingCount(tally),
      failedByReason: tally.failed,
      failuresListed: failures.length,
      rooms: groupFailures(failures).map(({ roomId, total, reasons }) => ({
        roomId,
        failed: total,
        reasons,
      })),
    },
    null,
    2,
  )}\n`;
}

/** Offers a text as a file. The browser's own download: nothing leaves this computer. */
export function downloadText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has its own reference to the blob once the click is through.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
