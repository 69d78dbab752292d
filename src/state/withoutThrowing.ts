import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";

/** A port that throws has a bug; whoever waits for its answer gets one all the same. */
export async function withoutThrowing<T>(
  work: () => Promise<Result<T, AppError>>,
): Promise<Result<T, AppError>> {
  try {
    return await work();
  } catch (error) {
    return { ok: false, error: unexpected(error) };
  }
}

/** The name only: a message of unknown origin could hold anything. */
export function unexpected(error: unknown): AppError {
  return { kind: "unexpected", detail: error instanceof Error ? error.name : "not an Error" };
}
