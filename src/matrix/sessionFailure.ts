import type { AppError } from "@/domain/errors";

/** Carries an AppError through code that can only throw. `toAppError` unwraps it. */
export class SessionFailure extends Error {
  override readonly name = "SessionFailure";

  readonly appError: AppError;

  constructor(appError: AppError) {
    super(appError.kind);
    this.appError = appError;
  }
}
