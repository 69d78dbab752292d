import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { olmMachineOf } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";
import { sendOutgoing } from "./verificationInternals";

/**
 * Asks the account's verified devices once more for the secrets that are missing here (Client-Server
 * API, "Sharing secrets"). The SDK asks by itself after a verification, and only once. What arrives
 * passes through the SDK, which takes it from verified devices only and compares a backup key with
 * the public key of the server's newest backup before it keeps it.
 */
export function requestMissingKeys(context: SessionContext): Promise<Result<boolean, AppError>> {
  return attempt(async () => {
    const machine = await olmMachineOf(context);
    const asked = await machine.requestMissingSecretsIfNeeded();
    await sendOutgoing(context.crypto());
    return asked;
  });
}
