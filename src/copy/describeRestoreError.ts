import type { AppError } from "@/domain/errors";
import { describeError } from "./describeError";
import type { ErrorWords } from "./errorWords";

/** What stands in the way of a restore, and the step that leads on from here. */
export interface RestoreErrorWords {
  readonly title: string;
  readonly body: string;
  /**
   * `current_backup`: the one that was restored is gone, so there is nothing to go on with.
   * `unlock`: the recovery key is needed first.
   */
  readonly next: "retry" | "reload" | "unlock" | "current_backup";
}

/**
 * An error that ended a restore, in words. How much is stored is said beside it, with the numbers;
 * here stands what to do so that the rest comes too.
 */
export function describeRestoreError(error: AppError): RestoreErrorWords {
  switch (error.kind) {
    case "network":
    case "timeout":
      return {
        ...titleOf(error),
        body: "Everything restored so far is kept. The restore goes on by itself when the browser is online again or you come back to this tab. You can also retry at once.",
        next: "retry",
      };
    case "storage":
      return describeStorage(error);
    case "worker_crashed":
      return {
        ...titleOf(error),
        body: "The part of the app that decrypts keys stopped; the browser may have run out of memory. Everything restored so far is kept. Close other tabs, then retry: it goes on with what is still missing.",
        next: "retry",
      };
    case "closed":
      return {
        title: "The session was closed during the restore",
        body: "Everything restored so far is kept. Retry, or reload the page and resume.",
        next: "retry",
      };
    case "no_backup":
      return {
        title: "The backup is no longer on the server",
        body: "Another of your devices, or the server, has deleted it. Everything restored so far is kept on this device; the rest cannot be restored from this server any more.",
        next: "current_backup",
      };
    case "backup_changed":
      return { ...titleOf(error), body: changedBody(error.actual), next: "current_backup" };
    case "decryption_key":
      return { ...titleOf(error), body: describeError(error).body, next: "unlock" };
    default: {
      const { title, body, action } = describeError(error);
      return { title, body, next: action === "reload" ? "reload" : "retry" };
    }
  }
}

function describeStorage(error: Extract<AppError, { kind: "storage" }>): RestoreErrorWords {
  switch (error.reason) {
    case "quota":
      return {
        ...titleOf(error),
        body: "What is in stays in, and the backup on the server is untouched. Free some space on this device or in the browser, then retry: the restore goes on with what is still missing.",
        next: "retry",
      };
    case "unavailable":
      return {
        title: "The browser closed the app’s key store",
        body: "What is in stays in, unless the site data of this app was deleted. Reload the page, then resume: the restore goes on with what is still missing.",
        next: "reload",
      };
    case "blocked":
    case "lost":
    case "mismatch":
      return { ...titleOf(error), body: describeError(error).body, next: "retry" };
  }
}

function changedBody(actual: string | null): string {
  return actual === null
    ? "Another of your devices, or the server, has deleted it. Everything restored so far is kept on this device; the rest cannot be restored from this server any more."
    : "Another of your devices made the new one. Everything restored so far is kept on this device. The new one may hold the same keys and more: look at it, then restore it.";
}

function titleOf(error: AppError): Pick<ErrorWords, "title"> {
  return { title: describeError(error).title };
}
