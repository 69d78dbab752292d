import type { AppError } from "@/domain/errors";
import { redact } from "@/lib/redact";

/** `M_NOT_FOUND`, `ORG.MATRIX.MSC…`: codes are shown and compared, so anything else is dropped. */
const ERRCODE = /^[A-Z][A-Z0-9_.]{0,63}$/;

/**
 * The error that an answer outside 2xx means. `body` is its parsed JSON, or null when it was not a
 * JSON object. Client-Server API, "Standard error response" and "Rate limiting".
 */
export function errorOfAnswer(status: number, body: unknown, headers: Headers | null): AppError {
  const fields: Record<string, unknown> = isObject(body) ? body : {};
  const errcode =
    typeof fields.errcode === "string" && ERRCODE.test(fields.errcode) ? fields.errcode : null;
  if (errcode === "M_LIMIT_EXCEEDED" || status === 429) {
    return { kind: "rate_limited", retryAfterMs: retryAfter(fields.retry_after_ms, headers) };
  }
  if (errcode === "M_UNKNOWN_TOKEN" && status === 401) {
    return { kind: "signed_out", soft: fields.soft_logout === true };
  }
  if (errcode === "M_USER_DEACTIVATED") return { kind: "account_deactivated" };
  if (!isObject(body) && status < 500) {
    return { kind: "not_matrix", detail: `HTTP ${status} without a JSON object` };
  }
  const message = typeof fields.error === "string" ? redact(fields.error) : null;
  return { kind: "server", status, errcode, message };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The longest wait a header can ask for by our reading, in milliseconds: some thirty years. */
const LONGEST_WAIT_MS = 999_999_999_000;

/** Milliseconds to wait, from the header (preferred by the spec since v1.10) or the body. */
function retryAfter(bodyMs: unknown, headers: Headers | null): number | null {
  const header = headers?.get("Retry-After") ?? null;
  if (header !== null) {
    if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
    const until = Date.parse(header);
    if (!Number.isNaN(until)) return Math.min(Math.max(0, until - Date.now()), LONGEST_WAIT_MS);
  }
  return typeof bodyMs === "number" && bodyMs >= 0 ? Math.min(bodyMs, LONGEST_WAIT_MS) : null;
}
