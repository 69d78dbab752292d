import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { redact } from "@/lib/redact";

/**
 * Downloads and starts the crypto WebAssembly, before anything of the account is touched. The
 * module remembers a failure, so after an error only a page reload helps.
 */
export async function loadCrypto(): Promise<Result<void, AppError>> {
  try {
    const { initAsync } = await import("@matrix-org/matrix-sdk-crypto-wasm");
    await initAsync();
    return ok(undefined);
  } catch (error) {
    const detail = error instanceof Error ? redact(`${error.name}: ${error.message}`) : "";
    return fail({ kind: "crypto_unavailable", detail });
  }
}
