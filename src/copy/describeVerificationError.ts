import type { AppError } from "@/domain/errors";
import type { ErrorWords } from "./errorWords";

/** Errors of the verification itself. */
export function describeVerificationError(
  reason: Extract<AppError, { kind: "verification" }>["reason"],
): ErrorWords {
  switch (reason) {
    case "no_helper":
      return {
        title: "There is no device to ask",
        body: "None of your other devices is verified and signed in any more. Nothing was sent. Your recovery key does the same without another device.",
        action: "none",
      };
    case "not_under_way":
      return {
        title: "This verification is over",
        body: "It ended in the meantime. Nothing was changed. Start again.",
        action: "none",
      };
    case "wrong_code":
      return {
        title: "This is not the code of the other device",
        body: "Scan the code that the other device shows for this verification. A code from an earlier one does not work.",
        action: "none",
      };
  }
}
