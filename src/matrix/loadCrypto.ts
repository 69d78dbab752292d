import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { redact } from "@/lib/redact";

/**
 * Downloads and starts the crypto WebAssembly, before anything of the account is touched. The
 * module remembers a failure, so after `crypto_unavailable` only a page reload helps; `part_missing`
 * is that the code around it did not arrive.
 */
export async function loadCrypto(): Promise<Result<void, AppError>> {
  const wasm = await import("@matrix-org/matrix-sdk-crypto-wasm").catch(() => null);
  if (wasm === null) return fail({ kind: "part_missing" });
  try {
    await wasm.initAsync();
    return ok(undefined);
  } catch (error) {
    const detail = error instanceof Error ? redact(`${error.name}: ${error.message}`) : "";
    return fail({ kind: "crypto_unavailable", detail });
  }
}
