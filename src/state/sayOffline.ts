import type { AppError } from "@/domain/errors";
import { fail, type Result } from "@/domain/result";

/** Where the browser says that it has no connection, that is why no answer came. */
export function sayOffline<T>(answer: Result<T, AppError>): Result<T, AppError> {
  const { navigator } = globalThis;
  // Not every place that this runs in says so.
  if (answer.ok || !("onLine" in navigator) || navigator.onLine) return answer;
  const { kind } = answer.error;
  return kind === "network" || kind === "timeout" ? fail({ kind: "offline" }) : answer;
}
