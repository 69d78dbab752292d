import type { SessionResult } from "./protocol";

const ALGORITHM = "m.megolm.v1.aes-sha2";

/**
 * Session export format: the version byte 1, 4 bytes of index, 128 of ratchet, 32 of Ed25519 public
 * key, and nothing after it. These 165 bytes are 220 letters of base64 without padding.
 */
const SESSION_KEY = /^[A-Za-z0-9+/]{220}$/u;
const SESSION_KEY_VERSION = 1;

/** The names under which a session says that it may be shared with invited members. */
const SHARED_HISTORY_FIELDS = [
  "shared_history",
  "m.shared_history",
  "org.matrix.msc3061.shared_history",
] as const;

/**
 * Checks a decrypted value against the spec's SessionData (Client-Server API,
 * "m.megolm_backup.v1.curve25519-aes-sha2") and copies its known fields, so that nothing else of a
 * hostile object is passed on. Stricter than "is a string" because the SDK drops a session with a
 * bad key in silence and counts it as imported, and stores one with bytes after its end, whose session
 * id could not be told from the key.
 */
export function validateSessionData(value: unknown): SessionResult {
  if (!isObject(value)) {
    return MALFORMED;
  }
  const algorithm = own(value, "algorithm");
  if (typeof algorithm !== "string") {
    return MALFORMED;
  }
  if (algorithm !== ALGORITHM) {
    return { ok: false, reason: "wrong_algorithm" };
  }
  const senderKey = own(value, "sender_key");
  const sessionKey = own(value, "session_key");
  const claimedKeys = copyClaimedKeys(own(value, "sender_claimed_keys"));
  const chain = own(value, "forwarding_curve25519_key_chain") ?? [];
  if (
    !isKey(senderKey) ||
    !isSessionKey(sessionKey) ||
    claimedKeys === null ||
    !Array.isArray(chain) ||
    !chain.every(isKey)
  ) {
    return MALFORMED;
  }
  const sessionData: Record<string, unknown> = {
    algorithm,
    sender_key: senderKey,
    session_key: sessionKey,
    sender_claimed_keys: claimedKeys,
    forwarding_curve25519_key_chain: [...chain],
  };
  for (const field of SHARED_HISTORY_FIELDS) {
    const shared = own(value, field);
    if (typeof shared === "boolean") {
      sessionData[field] = shared;
    }
  }
  return { ok: true, sessionData };
}

const MALFORMED: SessionResult = { ok: false, reason: "malformed" };

/** Whether the value is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object's own property, never one of its prototype's. */
export function own(object: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(object, name)?.value;
}

/** A key per algorithm. Of unknown algorithms any text is allowed, as the SDK does. */
function copyClaimedKeys(value: unknown): object | null {
  if (!isObject(value)) {
    return null;
  }
  const copy: Record<string, string> = Object.create(null);
  for (const [algorithm, key] of Object.entries(value)) {
    if (typeof key !== "string" || (algorithm === "ed25519" && !isKey(key))) {
      return null;
    }
    copy[algorithm] = key;
  }
  return copy;
}

/** 32 bytes of base64, padded or not; the last character carries four bits and two zeros. */
function isKey(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/u.test(value);
}

function isSessionKey(value: unknown): value is string {
  return (
    typeof value === "string" &&
    SESSION_KEY.test(value) &&
    atob(value.slice(0, 4)).charCodeAt(0) === SESSION_KEY_VERSION
  );
}
