import type { SecretStorageStatus } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readDefaultKey,
  readEncryptedSecret,
  type SecretName,
} from "./secretStorage";
import { readOtherKeys } from "./secretStorageOtherKeys";
import type { SessionContext } from "./sessionContext";

/**
 * The default key, and which secrets are stored encrypted under it. Where there is no usable default
 * key, whether secrets are stored under another one that is described. Opens nothing.
 */
export async function readSecretStorageStatus(
  context: Pick<SessionContext, "request" | "user">,
): Promise<Result<SecretStorageStatus, AppError>> {
  const defaultKey = await readDefaultKey(context);
  if (!defaultKey.ok) return defaultKey;
  const { kind } = defaultKey.value;
  const keyId = defaultKey.value.kind === "absent" ? null : defaultKey.value.keyId;
  if (kind !== "present" || keyId === null) {
    const others = await readOtherKeys(context, keyId);
    if (!others.ok) return others;
    const identity = await readOtherKeys(context, keyId, CROSS_SIGNING_SECRETS);
    if (!identity.ok) return identity;
    return ok({
      defaultKey: kind,
      keyId,
      backupKeyStored: false,
      crossSigningKeysStored: false,
      underOtherKey: others.value.length > 0,
      identityUnderOtherKey: identity.value.length > 0,
    });
  }
  const names: readonly SecretName[] = [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS];
  const stored: boolean[] = [];
  const secrets = await Promise.all(names.map((name) => readEncryptedSecret(context, name, keyId)));
  for (const secret of secrets) {
    if (!secret.ok) return secret;
    stored.push(typeof secret.value === "object");
  }
  const [backupKeyStored = false, ...crossSigning] = stored;
  const crossSigningKeysStored = crossSigning.every(Boolean);
  return ok({ defaultKey: kind, keyId, backupKeyStored, crossSigningKeysStored });
}
