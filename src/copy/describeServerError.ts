import type { AppError } from "@/domain/errors";
import type { ErrorWords } from "./errorWords";

type ServerError = Extract<AppError, { kind: "server" }>;

/** A Matrix error answer that has no kind of its own. The server's text is quoted, never ours. */
export function describeServerError(error: ServerError): ErrorWords {
  const quote = quoteOf(error);
  if (error.status >= 500) {
    return {
      title: "The homeserver has a problem",
      body: `It could not do what was asked. ${quote} Nothing on this device was lost. Try again later.`,
      action: "retry",
    };
  }
  // The one part of the API this app needs that a homeserver may lack. Not the same as no backup.
  if (error.status === 404 && error.errcode === "M_UNRECOGNIZED") {
    return {
      title: "This homeserver does not support key backup",
      body: `It does not know the request. ${quote} Whether there is a backup is not known, and nothing on this device was lost.`,
      action: "retry",
    };
  }
  if (error.status === 413) {
    return {
      title: "The homeserver says this is too large",
      body: `${quote} Nothing was lost. The administrator of the homeserver can raise the limit.`,
      action: "none",
    };
  }
  if (error.status === 403) {
    return {
      title: "The homeserver does not allow this",
      body: `${quote} Nothing was lost.`,
      action: "none",
    };
  }
  return {
    title: "The homeserver refused the request",
    body: `${quote} Nothing on this device was lost.`,
    action: "retry",
  };
}

/**
 * An answer without what the Matrix specification asks for. `detail` tells a homeserver's JSON that
 * lacks a part from something else that answered in its place.
 */
export function describeNotMatrix(detail: string): ErrorWords {
  return detail.startsWith("backup version: ")
    ? {
        title: "The homeserver’s answer could not be understood",
        body: "Its answer about the key backup is not as the Matrix specification has it, so nothing is concluded from it. Nothing was lost. Try again; if it stays like this, the administrator of the homeserver can look into it.",
        action: "retry",
      }
    : {
        title: "The answer did not come from a Matrix homeserver",
        body: "Something in between answered instead: a web page, the sign-in page of a Wi-Fi network, or a proxy. Nothing was lost. Check the address and the network, then try again.",
        action: "retry",
      };
}

/** What the server said, marked as its words and cut to a length that fits a message. */
function quoteOf(error: ServerError): string {
  const code = error.errcode ?? `HTTP ${error.status}`;
  const text = error.message?.trim().slice(0, 300);
  return text ? `It said: “${text}” (${code}).` : `It answered with ${code}.`;
}
