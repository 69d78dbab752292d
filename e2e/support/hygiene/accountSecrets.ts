import { decodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/recovery-key.js";
import decryptSecret from "matrix-js-sdk/lib/utils/decryptAESSecretStorageItem.js";
import type { MatrixApi } from "../MatrixApi.ts";
import type { Secret } from "./secretForms.ts";

const NAMES = {
  "m.megolm_backup.v1": "backup decryption key",
  "m.cross_signing.master": "master key",
  "m.cross_signing.self_signing": "self-signing key",
  "m.cross_signing.user_signing": "user-signing key",
} as const;

interface Encrypted {
  readonly iv: string;
  readonly ciphertext: string;
  readonly mac: string;
}

/**
 * What a recovery key opens on the server: the recovery key, its bytes, and the four secrets that are
 * stored under it. `which` tells the keys of one account apart. Rejects when one cannot be opened.
 */
export async function secretsBehind(
  api: MatrixApi,
  recoveryKey: string,
  which: string,
): Promise<readonly Secret[]> {
  const bytes = decodeRecoveryKey(recoveryKey);
  const secrets: Secret[] = [
    { name: `${which} recovery key`, value: recoveryKey },
    { name: `${which} secret storage key`, value: bytes },
  ];
  const pointer = await api.accountData("m.secret_storage.default_key");
  const keyId = String(pointer?.["key"]);
  for (const [type, name] of Object.entries(NAMES)) {
    const stored = (await api.accountData(type)) as { encrypted?: Record<string, Encrypted> };
    const encrypted = stored.encrypted?.[keyId];
    if (encrypted === undefined) throw new Error(`${type} is not stored under the default key`);
    const text = await decryptSecret(encrypted, bytes, type);
    secrets.push({ name: `${which} ${name}`, value: Buffer.from(text, "base64") });
  }
  return secrets;
}
