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

/** What the server said, marked as its words and cut to a length that fits a message. */
function quoteOf(error: ServerError): string {
  const code = error.errcode ?? `HTTP ${error.status}`;
  const text = error.message?.trim().slice(0, 300);
  return text ? `It said: “${text}” (${code}).` : `It answered with ${code}.`;
}
