import { expect, test } from "vitest";
import { errorOfAnswer } from "./errorOfAnswer";

function wait(bodyMs: unknown, header: string | null = null): unknown {
  const body = { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: bodyMs };
  const headers = header === null ? null : new Headers({ "Retry-After": header });
  const error = errorOfAnswer(429, body, headers);
  return error.kind === "rate_limited" ? error.retryAfterMs : error;
}

const LONGEST = 999_999_999_000;

test.each<[string, unknown, string | null, number | null]>([
  ["nothing", undefined, null, null],
  ["a time in the body", 1500, null, 1500],
  ["no time to wait", 0, null, 0],
  ["a time below zero", -1, null, null],
  ["no number", "1500", null, null],
  ["an endless time in the body", 1e308, null, LONGEST],
  ["a long time in the header", undefined, "999999999", LONGEST],
  ["a header with too many digits, so the body", 700, "99999999999999999999", 700],
  ["a date long gone", undefined, "Mon, 01 Jan 2001 00:00:00 GMT", 0],
  ["a date in the far future", undefined, "Mon, 01 Jan 9999 00:00:00 GMT", LONGEST],
])("a rate limit with %s is read within bounds", (_what, bodyMs, header, expected) => {
  expect(wait(bodyMs, header)).toBe(expected);
});
