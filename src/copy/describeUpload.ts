import type { UploadProblem, UploadQueue } from "@/domain/uploadQueue";
import { describeUploadCode } from "./describeFinding";
import { formatMoment } from "./formatTime";
import { formatNumber, formatRoomKeys } from "./formatNumber";

/** What the upload does with the keys that wait. Null where there is nothing to say. */
export function describeUploadQueue(queue: UploadQueue): string | null {
  switch (queue.kind) {
    case "unknown":
    case "empty":
      return null;
    case "no_backup":
      return `${formatRoomKeys(queue.waiting)} ${queue.waiting === 1 ? "is" : "are"} on this device, and there is no backup to upload ${queue.waiting === 1 ? "it" : "them"} to.`;
    case "waiting":
      return `${formatRoomKeys(queue.waiting)} will be uploaded in a few seconds.`;
    case "uploading":
      return `${formatNumber(queue.done)} of ${formatRoomKeys(queue.of)} uploaded`;
    case "stopped":
      return `${formatRoomKeys(queue.waiting)} ${queue.waiting === 1 ? "waits" : "wait"}. ${reasonWords(queue)}`;
  }
}

function reasonWords(queue: Extract<UploadQueue, { kind: "stopped" }>): string {
  switch (queue.reason) {
    case "offline":
      return "The homeserver cannot be reached. The upload goes on by itself once it can.";
    case "off":
      return "The upload is off on this device.";
    case "silent":
      return "Nothing was taken for a while, and starting the upload again did not help. Reload the page.";
    case "failed":
      return queue.problem === null ? "" : describeUploadProblem(queue.problem);
  }
}

/** Why a try did not work. */
export function describeUploadProblem({ status, code }: UploadProblem): string {
  if (status === null) return "The server did not answer.";
  if (code !== null) return `The server answered ${status} ${code}. ${describeUploadCode(code)}`;
  if (status === 413) return `The server answered 413. ${describeUploadCode("HTTP 413")}`;
  return status >= 500
    ? `The server has a fault of its own (${status}).`
    : `The server answered ${status}.`;
}

/** Since when every try has failed; this page knows only what it has seen. Both in ms since the epoch. */
export function describeFailingSince(since: number, now: number): string {
  return `This page has seen every try fail since ${formatMoment(since, now)}.`;
}

/** When the next try is due, in words; `now` and `at` in ms since the epoch. */
export function describeNextTry(at: number | null, now: number): string {
  if (at === null) return "The backup is looked at again.";
  // Rounded down: `now` may be a second old.
  const seconds = Math.floor((at - now) / 1000);
  return seconds <= 1 ? "Trying again now." : `Next try in ${seconds} seconds.`;
}
