import type { UploadAttempt, UploadProblem } from "@/domain/uploadQueue";
import { NO_FAILURES, nextUploadTry } from "@/domain/uploadRetry";
import { errorOfAnswer } from "./errorOfAnswer";
import { readText } from "./readText";

const UPLOAD_PATH = /\/_matrix\/client\/v3\/room_keys\/keys$/;
/** An answer with an error is small; of a longer one only its status is told. */
const LONGEST_ANSWER = 100_000;

/**
 * A `fetch` that tells how the SDK's uploads of room keys fare. The SDK repeats a failed one in
 * silence; here its answers are seen, and with them when it tries again. Nothing is changed, and
 * neither keys nor tokens are looked at.
 */
export function observeUploads(
  fetchFn: typeof globalThis.fetch,
  tell: (attempt: UploadAttempt) => void,
): typeof globalThis.fetch {
  let count = NO_FAILURES;
  let last: UploadProblem | null = null;

  async function observed(...request: Parameters<typeof globalThis.fetch>): Promise<Response> {
    tell({ kind: "sending", at: Date.now(), after: last });
    let response: Response;
    try {
      response = await fetchFn(...request);
    } catch (error) {
      const aborted = error instanceof Error && error.name === "AbortError";
      fail({ status: null, code: null, retryAfterMs: null, aborted });
      throw error;
    }
    if (response.ok) {
      count = NO_FAILURES;
      last = null;
      tell({ kind: "taken", at: Date.now() });
    } else {
      fail({ status: response.status, ...(await readProblem(response)), aborted: false });
    }
    return response;
  }

  function fail(failure: Parameters<typeof nextUploadTry>[1]): void {
    const next = nextUploadTry(count, failure);
    count = next.count;
    const at = Date.now();
    const { status, code } = failure;
    last = { status, code };
    tell({
      kind: "failed",
      at,
      problem: last,
      nextTryAt: next.waitMs === null ? null : at + next.waitMs,
    });
  }

  return (input, init) =>
    init?.method === "PUT" && UPLOAD_PATH.test(pathOf(input))
      ? observed(input, init)
      : fetchFn(input, init);
}

function pathOf(input: Parameters<typeof globalThis.fetch>[0]): string {
  if (input instanceof URL) return input.pathname;
  return new URL(typeof input === "string" ? input : input.url).pathname;
}

/** The errcode and the wait that an error answer asks for; the body stays for the SDK. */
async function readProblem(
  response: Response,
): Promise<{ readonly code: string | null; readonly retryAfterMs: number | null }> {
  try {
    const text = await readText(response.clone(), LONGEST_ANSWER);
    const body: unknown = text === null ? null : JSON.parse(text);
    const error = errorOfAnswer(response.status, body, response.headers);
    if (error.kind === "rate_limited") {
      return { code: "M_LIMIT_EXCEEDED", retryAfterMs: error.retryAfterMs };
    }
    return { code: error.kind === "server" ? error.errcode : null, retryAfterMs: null };
  } catch {
    // No JSON, or none of it came: the status is what is known.
    return { code: null, retryAfterMs: null };
  }
}
