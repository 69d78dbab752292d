import { generateKeyPairSync } from "node:crypto";

/** A new key pair for a backup; raw curve25519 keys in unpadded base64. */
export function generateBackupKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  // In both encodings the raw key is the end.
  const raw = (der: Buffer): string => der.subarray(-32).toString("base64").replace(/=+$/, "");
  return {
    publicKey: raw(publicKey.export({ format: "der", type: "spki" })),
    privateKey: raw(privateKey.export({ format: "der", type: "pkcs8" })),
  };
}
