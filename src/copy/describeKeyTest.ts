import {
  failedEntries,
  unseenEntries,
  type BackupProof,
  type EntryTest,
  type EntryTestProgress,
  type IdentityProof,
  type KeyTestDoubt,
  type KeyTestResult,
} from "@/domain/keyTest";
import { describeError } from "./describeError";
import { formatCount, formatNumber } from "./formatNumber";

/** The headline of a test. */
export function describeKeyTestResult(result: KeyTestResult): { title: string; body: string } {
  switch (result) {
    case "works":
      return {
        title: "Your saved key works",
        body: "With it alone, a new device could open this backup and be verified as yours. Keep it where it is.",
      };
    case "partly":
      return {
        title: "Your saved key works in part",
        body: "It belongs to your account, but not everything that it should open was opened. Read below what was proven and what was not.",
      };
    case "fails":
      return {
        title: "Your saved key does not open the current backup",
        body: "It belongs to your account, yet a new device could not get the history with it. As long as a device of yours still has the keys, this can be mended.",
      };
  }
}

/** The end of a sentence on the last test. */
export function keyTestBadge(result: KeyTestResult): string {
  switch (result) {
    case "works":
      return "it worked";
    case "partly":
      return "it worked in part";
    case "fails":
      return "it did not open the backup";
  }
}

/** The same, of a test after which something has changed. */
export function keyTestDoubt(why: KeyTestDoubt): string {
  switch (why) {
    case "backup":
      return "the backup has changed since";
    case "recovery_key":
      return "your recovery key has changed since";
    case "identity":
      return "your identity has changed since";
    case "unknown":
      return "whether anything has changed since is not known";
  }
}

export function describeBackupProof(proof: BackupProof): string {
  switch (proof.kind) {
    case "fits":
      return `It leads to the decryption key of backup version ${proof.version}, the current one.`;
    case "no_backup":
      return "The server has no backup that it could open.";
    case "does_not_fit": {
      const { title, body } = describeError(proof.error);
      return `${title}. ${body}`;
    }
  }
}

export function describeIdentityProof(proof: IdentityProof): string {
  switch (proof) {
    case "matches":
      return "It opens the three keys of your identity, and they are those of the identity that your account shows. A new device can be verified with it.";
    case "decrypts":
      return "It opens the three keys of your identity. This browser cannot compare them with the identity that your account shows.";
    case "differs":
      return "It opens the keys of another identity than the one your account shows now. A new device could not be verified with it.";
    case "missing":
      return "The keys of your identity are not stored behind it. A new device could not be verified with it.";
    case "unreadable":
      return "The keys of your identity are stored behind it, but damaged. A new device could not be verified with it.";
    case "no_identity":
      return "Your account has no identity that it could open.";
    case "not_reached":
      return "The backup’s own decryption key does not lead to your identity. A new device could not be verified with it.";
  }
}

/** "50 of 50 room keys that were looked at were decrypted. They belong to 3 rooms." */
export function describeEntryTest(test: EntryTest): string {
  const { scope, expected, tested, opened, rooms } = test;
  if (tested === 0) {
    return expected === 0
      ? "The backup is empty: there was no room key to decrypt."
      : "No room key of the backup was looked at.";
  }
  const all = scope === "all" && unseenEntries(test) === 0 && test.endedBy === null;
  const looked = all
    ? `all ${formatCount(tested, "room key")} of the backup`
    : `${formatCount(tested, "room key")} of ${formatNumber(Math.max(expected, tested))} in the backup`;
  const failed = failedEntries(test);
  const outcome =
    failed === 0
      ? "every one was decrypted"
      : `${formatNumber(opened)} ${opened === 1 ? "was" : "were"} decrypted and ${formatNumber(failed)} ${failed === 1 ? "was" : "were"} not`;
  const where = rooms === 0 ? "" : ` They belong to ${formatCount(rooms, "room")}.`;
  return `Of ${looked}, ${outcome}.${where}`;
}

/** Why not all of what was meant to be looked at was; null when all was. */
export function describeEntryTestEnd(test: EntryTest): string | null {
  if (test.endedBy === "stopped") return "You stopped the test before it had seen all of them.";
  if (test.endedBy !== null) {
    return `The test ended early. ${describeError(test.endedBy).title}.`;
  }
  const unseen = unseenEntries(test);
  return unseen === 0
    ? null
    : `The server counted ${formatCount(unseen, "room key")} more than it sent.`;
}

export function describeTestProgress({ tested, failed }: EntryTestProgress, of: number): string {
  const seen = `${formatNumber(tested)} of ${formatNumber(Math.max(of, tested))} room keys`;
  return failed === 0 ? seen : `${seen}, ${formatNumber(failed)} not decrypted`;
}
