import type { AppError } from "@/domain/errors";
import type { RestoreWait } from "@/domain/restore";
import { formatCount } from "./formatNumber";

/** A wait as it goes on, second by second: "The server asked to wait: trying again in 12 seconds". */
export function describeWait({ error }: RestoreWait, leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1_000);
  const when = seconds <= 0 ? "now" : `in ${formatCountdown(seconds)}`;
  return `${reasonOf(error)}: trying again ${when}`;
}

/** The same once, with its whole length, for those who listen. */
export function describeWaitBegun({ error, ms }: RestoreWait): string {
  return `${reasonOf(error)}: trying again in ${formatCountdown(Math.ceil(ms / 1_000))}`;
}

/** To the second, because it is watched: "12 seconds", "3 minutes 20 seconds". */
function formatCountdown(seconds: number): string {
  if (seconds < 120) return formatCount(seconds, "second");
  const minutes = formatCount(Math.floor(seconds / 60), "minute");
  const rest = seconds % 60;
  return rest === 0 ? minutes : `${minutes} ${formatCount(rest, "second")}`;
}

function reasonOf(error: AppError): string {
  switch (error.kind) {
    case "rate_limited":
      return "The server asked to wait";
    case "network":
      return "The connection broke";
    case "timeout":
      return "The server does not answer";
    case "not_matrix":
      return "Something else answered in the server’s place";
    case "server":
      return error.status >= 500 ? "The server has a problem" : "The server refused the request";
    default:
      return "That did not work";
  }
}
