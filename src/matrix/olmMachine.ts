import type * as CryptoWasm from "@matrix-org/matrix-sdk-crypto-wasm";
import { decodeBase64, encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import type { SessionContext } from "./sessionContext";

/**
 * The crypto module. Loaded on demand, like the SDK does it, and the same instance as the SDK's,
 * so that the module's own type checks accept objects from both.
 */
export function loadCryptoWasm(): Promise<typeof CryptoWasm> {
  return import("@matrix-org/matrix-sdk-crypto-wasm");
}

/**
 * The machine inside the running SDK client. It is private there; this is the one place that
 * reaches for it, for what CryptoApi does not offer: true import counts, key counts, and signing
 * and publishing without the SDK's habit of deleting or replacing first. Throws when an SDK update
 * has moved it. The machine belongs to the SDK: never close or free it.
 */
export async function olmMachineOf(
  context: Pick<SessionContext, "crypto">,
): Promise<CryptoWasm.OlmMachine> {
  const { OlmMachine } = await loadCryptoWasm();
  const crypto: object = context.crypto();
  const machine: unknown = "olmMachine" in crypto ? crypto.olmMachine : undefined;
  if (!(machine instanceof OlmMachine)) {
    throw new Error("matrix-js-sdk keeps its OlmMachine somewhere else now");
  }
  return machine;
}

/** Frees wasm objects when the operation is done, whichever way it ends. */
export async function withFreed<T extends { free(): void }, R>(
  object: T,
  operation: (object: T) => R | Promise<R>,
): Promise<R> {
  try {
    return await operation(object);
  } finally {
    object.free();
  }
}

/** The curve25519 public key (unpadded base64) that belongs to a backup decryption key. */
export async function backupPublicKeyOf(key: Uint8Array): Promise<string> {
  const { BackupDecryptionKey } = await loadCryptoWasm();
  return withFreed(BackupDecryptionKey.fromBase64(encodeUnpaddedBase64(key)), (decryptionKey) =>
    withFreed(decryptionKey.megolmV1PublicKey, (publicKey) => publicKey.publicKeyBase64),
  );
}

/** A new random backup decryption key, 32 bytes. */
export async function randomBackupKey(): Promise<Uint8Array<ArrayBuffer>> {
  const { BackupDecryptionKey } = await loadCryptoWasm();
  return withFreed(BackupDecryptionKey.createRandomKey(), (key) => decodeBase64(key.toBase64()));
}

/** The account's own identity as this device knows it, or null when it knows none. */
export async function readKnownIdentity(
  machine: CryptoWasm.OlmMachine,
  userId: string,
): Promise<{
  readonly masterKey: string;
  readonly verified: boolean;
  /** It has taken the place of one that this device had verified. */
  readonly replaced: boolean;
} | null> {
  const { UserId } = await loadCryptoWasm();
  const identity = await withFreed(new UserId(userId), (id) => machine.getIdentity(id));
  if (identity === undefined) return null;
  // Unfreed, it would keep the crypto store's database open after the client is gone.
  return withFreed(identity, ({ masterKey }) => ({
    masterKey: masterKeyOf(JSON.parse(masterKey)) ?? "",
    verified: identity.isVerified(),
    replaced: identity.hasVerificationViolation(),
  }));
}

/** Which of the three private cross-signing keys this device holds. */
export async function readPrivateKeysHere(
  machine: CryptoWasm.OlmMachine,
): Promise<"all" | "some" | "none"> {
  return withFreed(await machine.crossSigningStatus(), (status) => {
    const held = [status.hasMaster, status.hasSelfSigning, status.hasUserSigning];
    if (held.every(Boolean)) return "all";
    return held.some(Boolean) ? "some" : "none";
  });
}

/** The public key inside a cross-signing key object, or null when it is not one. */
export function masterKeyOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("keys" in value)) return null;
  const keys: unknown = value.keys;
  if (typeof keys !== "object" || keys === null) return null;
  const [first]: unknown[] = Object.values(keys);
  return typeof first === "string" && first !== "" ? first : null;
}
