import { createPrivateKey, createPublicKey, pbkdf2Sync, randomBytes } from "node:crypto";
import type { MatrixApi } from "./MatrixApi.ts";

/** PKCS #8 around a raw X25519 private key. */
const x25519Header = Buffer.from("302e020100300506032b656e04220420", "hex");

/** The public key (unpadded base64) of a backup decryption key. */
function backupPublicKeyOf(privateKey: Uint8Array): string {
  const der = Buffer.concat([x25519Header, privateKey]);
  const pair = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const raw = createPublicKey(pair).export({ format: "der", type: "spki" }).subarray(-32);
  return raw.toString("base64").replace(/=+$/u, "");
}

/** A backup as clients made it before secret storage: its key comes from a passphrase. */
export async function makeLegacyBackup(
  api: MatrixApi,
  passphrase: string,
): Promise<{ readonly version: string; readonly publicKey: string }> {
  const salt = randomBytes(24).toString("base64");
  const iterations = 500_000;
  const publicKey = backupPublicKeyOf(pbkdf2Sync(passphrase, salt, iterations, 32, "sha512"));
  const version = await api.createBackupVersion({
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: {
      public_key: publicKey,
      private_key_salt: salt,
      private_key_iterations: iterations,
      signatures: {},
    },
  });
  return { version, publicKey };
}
