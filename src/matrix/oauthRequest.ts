import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import { readText } from "./readText";
import { redact } from "@/lib/redact";

/** `refused`: the authorization server's own error answer, with its code (RFC 6749, 5.2). */
export type FormFailure =
  | { readonly kind: "refused"; readonly code: string; readonly status: number }
  | { readonly kind: "failed"; readonly error: AppError };

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 100_000;

/**
 * A form for an authorization server, and the JSON object it answers with, empty when there is none.
 * Not by the SDK's own class: that one follows redirects, which could carry a token to another host,
 * and waits for ever.
 */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  limit = AbortSignal.timeout(TIMEOUT_MS),
): Promise<Result<Record<string, unknown>, FormFailure>> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
      mode: "cors",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      redirect: "error",
      signal: limit,
    });
    const body = parseObject(await readText(response, MAX_BYTES));
    if (response.ok) return ok(body);
    const { status } = response;
    // Anything else comes from a proxy, or from a server in trouble: no answer to the question.
    return status < 500 && typeof body.error === "string"
      ? fail({ kind: "refused", code: redact(body.error), status })
      : failed({ kind: "server", status, errcode: null, message: null });
  } catch (error) {
    const where = `POST ${new URL(url).host}`;
    if (limit.aborted) return failed({ kind: "timeout", detail: where });
    const reason = error instanceof Error ? error.message : "no answer";
    return failed({ kind: "network", detail: redact(`${where}: ${reason}`) });
  }
}

function failed(error: AppError) {
  return fail<FormFailure>({ kind: "failed", error });
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
