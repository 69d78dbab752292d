import type { CarryOverMissing } from "@/domain/session";

export interface CarryOverWords {
  readonly title: string;
  readonly body: readonly string[];
  /** What helps now; null: nothing but to wait, or nothing at all. */
  readonly action: "verify" | "reload" | null;
}

const HERE = "only in this tab: do not close or reload it, and do not sign out.";

/** What an ended device has left that is not on the present one, and what brings it here. */
export function describeCarryOver(
  missing: readonly CarryOverMissing[],
  memoryOnly: boolean,
): CarryOverWords {
  const lacks = (what: CarryOverMissing): boolean => missing.includes(what);
  const body: string[] = [];
  if (lacks("identity")) {
    body.push(
      `${lacks("room_keys") || lacks("unread") ? "" : "Its room keys are on this device. "}The private keys of your identity, which it held as a verified device, are not: a new device gets them when it is verified. Enter your recovery key, or verify this device with another one; then they are carried over by themselves.`,
    );
  }
  if (lacks("backup_key")) {
    body.push(
      "It held the decryption key of another backup than this device does. One never takes the place of the other, so it is kept apart. If you have the recovery key of that other backup, you need nothing of it.",
    );
  }
  const isKeys = lacks("room_keys") || lacks("unread");
  body.push(
    memoryOnly
      ? `What is not here yet is ${HERE}${isKeys ? " It is tried again by itself while the tab is open." : ""}`
      : `What is not here yet is still in this browser, and nothing of it was removed. ${isKeys ? "Reload this page to try again. " : ""}Do not sign out before.`,
  );
  const reload = isKeys && !memoryOnly ? "reload" : null;
  return { title: titleOf(missing), body, action: lacks("identity") ? "verify" : reload };
}

function titleOf(missing: readonly CarryOverMissing[]): string {
  if (missing.includes("room_keys"))
    return "Not all keys of your earlier device are on this one yet";
  if (missing.includes("unread")) return "What your earlier device left could not be read";
  return missing.includes("identity")
    ? "Verify this device to take over the rest of your earlier one"
    : "Your earlier device has left the key of another backup";
}

/** The same, for somebody who is about to sign out. */
export function describeCarryOverLoss(missing: readonly CarryOverMissing[]): string {
  if (missing.length === 0)
    return "The server ended an earlier device of yours here, and its keys are just being carried over to this one. Wait for that: those that are nowhere else would be lost.";
  if (missing.includes("room_keys") || missing.includes("unread"))
    return "The server ended an earlier device of yours here, and its keys have not all been carried over to this one. Those that are nowhere else would be lost.";
  return missing.includes("identity")
    ? "The server ended an earlier device of yours here. Its room keys are on this one, but the private keys of your identity have not all been carried over: signing out removes them from here. They are lost if neither your recovery key nor another verified device has them. Verify this device first, then they are carried over."
    : "The server ended an earlier device of yours here. It held the decryption key of another backup, which signing out removes from here. Without the recovery key of that backup, it can then not be opened any more.";
}
