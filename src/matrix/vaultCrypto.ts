import { randomBytes, sameBytes, utf8, wipe } from "@/lib/bytes";
import type { SignedInUser } from "@/domain/session";

/** AES-256-GCM output with its nonce. */
export interface SealedBytes {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Everything secret about a stored session, as it lies in the database. */
export interface SealedSession {
  /** AES-GCM, non-extractable: the browser keeps its bytes from every script. */
  readonly wrappingKey: CryptoKey;
  /** 32 random bytes under `wrappingKey`, bound to `userId|deviceId`. */
  readonly root: SealedBytes;
  /** The access token under a key derived from the root, bound to user, device and homeserver. */
  readonly token: SealedBytes;
}

export interface OpenedSession {
  readonly accessToken: string;
  /** 32 bytes for the crypto store. The reader wipes them. */
  readonly storageKey: Uint8Array<ArrayBuffer>;
}

const ROOT_BYTES = 32;

/** Seals the token of a new session under fresh keys. */
export async function sealNewSession(
  user: SignedInUser,
  accessToken: string,
): Promise<SealedSession> {
  const root = randomBytes(ROOT_BYTES);
  try {
    return await sealUnderNewKey(root, user, accessToken);
  } finally {
    wipe(root);
  }
}

/**
 * The same session with another token. The root stays, so that the crypto store's key is what it
 * was, but goes under a new wrapping key: what was copied of the record before opens nothing that is
 * written from now on. Rejects with an OperationError when the record does not decrypt.
 */
export async function resealToken(
  sealed: SealedSession,
  user: SignedInUser,
  accessToken: string,
): Promise<SealedSession> {
  const root = await unseal(sealed.wrappingKey, sealed.root, rootContext(user));
  try {
    return await sealUnderNewKey(root, user, accessToken);
  } finally {
    wipe(root);
  }
}

/** Whether it is the very same sealing: each one has fresh nonces. */
export function isSameSeal(one: SealedSession, other: SealedSession): boolean {
  return (
    sameBytes(one.root.iv, other.root.iv) &&
    sameBytes(one.token.iv, other.token.iv) &&
    sameBytes(one.token.data, other.token.data)
  );
}

/** Without the token, which is dead: what is left opens the crypto store and nothing else. */
export function withoutToken({ wrappingKey, root }: SealedSession): SealedSession {
  return { wrappingKey, root, token: { iv: new Uint8Array(), data: new Uint8Array() } };
}

/** Rejects with an OperationError when the record does not decrypt or was made for another user. */
export async function openSealedSession(
  sealed: SealedSession,
  user: SignedInUser,
): Promise<OpenedSession> {
  const root = await unseal(sealed.wrappingKey, sealed.root, rootContext(user));
  let token: Uint8Array | null = null;
  try {
    token = await unseal(await tokenKey(root), sealed.token, tokenContext(user));
    return {
      accessToken: new TextDecoder().decode(token),
      storageKey: await deriveStorageKey(root),
    };
  } finally {
    wipe(root, token);
  }
}

/** The crypto store's key alone. Rejects as `openSealedSession`. The caller wipes it. */
export async function openStorageKey(
  sealed: SealedSession,
  user: SignedInUser,
): Promise<Uint8Array<ArrayBuffer>> {
  const root = await unseal(sealed.wrappingKey, sealed.root, rootContext(user));
  try {
    return await deriveStorageKey(root);
  } finally {
    wipe(root);
  }
}

/** Does not wipe `root`. */
async function sealUnderNewKey(
  root: Uint8Array<ArrayBuffer>,
  user: SignedInUser,
  accessToken: string,
): Promise<SealedSession> {
  const wrappingKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  return {
    wrappingKey,
    root: await seal(wrappingKey, root, rootContext(user)),
    token: await sealToken(root, user, accessToken),
  };
}

async function sealToken(
  root: Uint8Array<ArrayBuffer>,
  user: SignedInUser,
  accessToken: string,
): Promise<SealedBytes> {
  const token = utf8(accessToken);
  try {
    return await seal(await tokenKey(root), token, tokenContext(user));
  } finally {
    wipe(token);
  }
}

async function tokenKey(root: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    hkdf("key-backup/access-token/1"),
    await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveKey"]),
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

async function deriveStorageKey(root: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits(hkdf("key-backup/crypto-store/1"), base, 256),
  );
}

/** No salt: the root is uniformly random already (RFC 5869, 3.1). `info` tells the uses apart. */
function hkdf(info: string): HkdfParams {
  return { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) };
}

async function seal(
  key: CryptoKey,
  plain: Uint8Array<ArrayBuffer>,
  context: Uint8Array<ArrayBuffer>,
): Promise<SealedBytes> {
  const iv = randomBytes(12);
  const data = await crypto.subtle.encrypt(gcm(iv, context), key, plain);
  return { iv, data: new Uint8Array(data) };
}

async function unseal(
  key: CryptoKey,
  sealed: SealedBytes,
  context: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.decrypt(gcm(sealed.iv, context), key, sealed.data));
}

function gcm(iv: Uint8Array<ArrayBuffer>, context: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: context };
}

function rootContext(user: SignedInUser): Uint8Array<ArrayBuffer> {
  return utf8(`${user.userId}|${user.deviceId}`);
}

/** With the homeserver in it, a changed record cannot make us send the token somewhere else. */
function tokenContext(user: SignedInUser): Uint8Array<ArrayBuffer> {
  return utf8(`${user.userId}|${user.deviceId}|${user.homeserverUrl}`);
}
