import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { DatabaseError } from "@/lib/idb";
import { ConnectionError, HTTPError, MatrixError } from "matrix-js-sdk";
import { ClientStoppedError } from "matrix-js-sdk/lib/errors";
import { DecryptionKeyDoesNotMatchError } from "matrix-js-sdk/lib/crypto-api";
import { redact } from "@/lib/redact";
import { SessionFailure } from "./sessionFailure";
import { errorOfAnswer } from "./errorOfAnswer";

/**
 * The SDK and the crypto module say these only in words. Matched here and nowhere else; the texts
 * were read from matrix-js-sdk 43 and its crypto-wasm 18.
 */
const BY_MESSAGE: readonly (readonly [RegExp, AppError])[] = [
  [/null pointer passed to rust|MatrixClient has been stopped/i, { kind: "closed" }],
  [
    /account in the store doesn't match|while unpickling|failed to be decrypted/i,
    { kind: "storage", reason: "mismatch" },
  ],
  [/QuotaExceeded/i, { kind: "storage", reason: "quota" }],
  [
    /Transaction to be committed, but it was aborted|connection is (closing|closed)/i,
    { kind: "storage", reason: "unavailable" },
  ],
  [/No decryption key found in crypto store/i, { kind: "decryption_key", reason: "absent" }],
  [/key backup on server does not match/i, { kind: "decryption_key", reason: "mismatch" }],
  // Chromium and Firefox, then WebKit.
  [/dynamically imported module|Importing a module script failed/i, { kind: "part_missing" }],
];

const WASM_MESSAGE =
  /WebAssembly|\bwasm\b|Incorrect response MIME type|HTTP status code is not ok/i;

/** Any thrown value as an AppError, redacted. */
export function toAppError(error: unknown): AppError {
  if (error instanceof SessionFailure) return error.appError;
  if (error instanceof MatrixError) {
    return errorOfAnswer(error.httpStatus ?? 0, error.data, error.httpHeaders ?? null);
  }
  if (error instanceof HTTPError) {
    return errorOfAnswer(error.httpStatus ?? 0, null, error.httpHeaders ?? null);
  }
  if (error instanceof ConnectionError) {
    return { kind: "network", detail: redact(error.message) };
  }
  if (error instanceof DatabaseError) return { kind: "storage", reason: error.problem };
  if (error instanceof ClientStoppedError) return { kind: "closed" };
  if (error instanceof DecryptionKeyDoesNotMatchError) {
    return { kind: "decryption_key", reason: "mismatch" };
  }
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    return { kind: "crypto_unavailable", detail: redact(error.message) };
  }
  const name = error instanceof Error ? error.name : "";
  const message = error instanceof Error ? error.message : String(error);
  return (
    fromDomException(name, message) ??
    fromMessage(message) ?? {
      kind: "unexpected",
      detail: redact(name ? `${name}: ${message}` : message),
    }
  );
}

/** Runs an operation that throws and answers with a Result. */
export async function attempt<T>(operation: () => Promise<T>): Promise<Result<T, AppError>> {
  try {
    return ok(await operation());
  } catch (error) {
    return fail(toAppError(error));
  }
}

function fromDomException(name: string, message: string): AppError | null {
  switch (name) {
    case "QuotaExceededError":
      return { kind: "storage", reason: "quota" };
    case "AbortError":
    case "TimeoutError":
      // The SDK's own time limit aborts; aborts by us never get here.
      return { kind: "timeout", detail: redact(message) };
    case "InvalidStateError":
    case "SecurityError":
    case "UnknownError":
    case "VersionError":
      return { kind: "storage", reason: "unavailable" };
    default:
      return null;
  }
}

function fromMessage(message: string): AppError | null {
  const known = BY_MESSAGE.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return known[1];
  return WASM_MESSAGE.test(message)
    ? { kind: "crypto_unavailable", detail: redact(message) }
    : null;
}
