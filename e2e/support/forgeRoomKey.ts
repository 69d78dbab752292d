import {
  createCipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  randomInt,
  type KeyObject,
} from "node:crypto";
import type { ServerRoomKey } from "./matrixApiTypes.ts";

/**
 * What is wrong with a forged entry. A restore can store none of them, with one exception:
 * `wrong_session_id`, which ends up under its true id.
 */
export type Damage =
  /** Encrypted to a key nobody holds. */
  | "undecryptable"
  /** The ciphertext was cut. */
  | "cut_ciphertext"
  /** Decrypts to text that is not JSON. */
  | "not_json"
  | "missing_session_key"
  | "missing_sender_claimed_keys"
  /** The sender's signing key is 32 bytes that are no Ed25519 point. */
  | "bad_sender_claimed_keys"
  /** The session key is base64 of the right length, but no session. */
  | "bad_session_key"
  | "wrong_algorithm"
  /** Whole and decryptable, but filed under something that is no room id. */
  | "bad_room_id"
  /** Whole and decryptable, but filed under another session id. */
  | "wrong_session_id"
  | "null_session_data"
  | "text_session_data"
  | "empty_session_data";

/** One forged entry and where it is filed. */
export interface ForgedKey {
  readonly roomId: string;
  /** The id it is filed under. */
  readonly sessionId: string;
  /** The id inside the session key; differs only for `wrong_session_id`. */
  readonly trueSessionId: string;
  readonly damage: Damage | null;
  readonly entry: ServerRoomKey;
}

/** A room key as it lies inside `session_data` (Client-Server API, `m.megolm_backup.v1`). */
interface PlainRoomKey {
  readonly algorithm: string;
  readonly sender_key: string;
  readonly sender_claimed_keys?: { readonly ed25519: string };
  readonly forwarding_curve25519_key_chain: readonly string[];
  readonly session_key?: string;
}

/**
 * Makes one backup entry for the given backup public key (unpadded base64, 32 bytes), as a client
 * would that received a Megolm session, but without ever having had the session.
 */
export function forgeRoomKey(
  backupPublicKey: string,
  roomId: string,
  damage: Damage | null = null,
): ForgedKey {
  const { sessionId, sessionKey } = forgeSession();
  const plain = plainRoomKey(sessionKey, damage);
  const recipient = damage === "undecryptable" ? base64(randomBytes(32)) : backupPublicKey;
  const text = damage === "not_json" ? "this is not JSON" : JSON.stringify(plain);
  return {
    roomId: damage === "bad_room_id" ? `no-room-${roomId.slice(1, 9)}` : roomId,
    sessionId: damage === "wrong_session_id" ? base64(randomBytes(32)) : sessionId,
    trueSessionId: sessionId,
    damage,
    entry: {
      first_message_index: 0,
      forwarded_count: 0,
      is_verified: false,
      session_data: sessionData(text, recipient, damage),
    },
  };
}

/** A whole room key as it stands in a key file (Client-Server API, "Key exports"). */
export function forgeExportedKey(roomId: string): PlainRoomKey & {
  readonly room_id: string;
  readonly session_id: string;
} {
  const { sessionId, sessionKey } = forgeSession();
  return { ...plainRoomKey(sessionKey, null), room_id: roomId, session_id: sessionId };
}

/**
 * A Megolm session in export form: version 1, index 0, a random ratchet, and the public half of a
 * real Ed25519 key, which is also the session's id.
 */
function forgeSession(): { sessionId: string; sessionKey: string } {
  const signingKey = rawPublicKey(generateKeyPairSync("ed25519").publicKey);
  const exported = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), randomBytes(128), signingKey]);
  return { sessionId: base64(signingKey), sessionKey: base64(exported) };
}

/** The keys of one device that sent sessions. Both are real: a store refuses others. */
interface Sender {
  readonly curve25519: string;
  readonly ed25519: string;
}

/** A few devices send many sessions. */
const senders: readonly Sender[] = Array.from({ length: 8 }, () => ({
  curve25519: base64(rawPublicKey(generateKeyPairSync("x25519").publicKey)),
  ed25519: base64(rawPublicKey(generateKeyPairSync("ed25519").publicKey)),
}));

/** y = 2 has no x on the curve. */
const noPoint = base64(Buffer.concat([Buffer.from([2]), Buffer.alloc(31)]));

function plainRoomKey(sessionKey: string, damage: Damage | null): PlainRoomKey {
  const sender = senders[randomInt(senders.length)];
  if (sender === undefined) throw new Error("there are no senders");
  const ed25519 = damage === "bad_sender_claimed_keys" ? noPoint : sender.ed25519;
  return {
    algorithm: damage === "wrong_algorithm" ? "m.megolm.v99" : "m.megolm.v1.aes-sha2",
    sender_key: sender.curve25519,
    ...(damage === "missing_sender_claimed_keys" ? {} : { sender_claimed_keys: { ed25519 } }),
    forwarding_curve25519_key_chain: [],
    ...(damage === "missing_session_key"
      ? {}
      : { session_key: damage === "bad_session_key" ? base64(randomBytes(165)) : sessionKey }),
  };
}

function sessionData(text: string, recipient: string, damage: Damage | null): unknown {
  if (damage === "null_session_data") return null;
  if (damage === "text_session_data") return "not an object";
  if (damage === "empty_session_data") return {};
  const sealed = encryptForBackup(text, recipient);
  return damage === "cut_ciphertext"
    ? { ...sealed, ciphertext: sealed.ciphertext.slice(0, -5) }
    : sealed;
}

/**
 * `m.megolm_backup.v1.curve25519-aes-sha2`: ephemeral X25519, HKDF-SHA-256 with 32 zero bytes of
 * salt to 80 bytes (AES key, MAC key, IV), AES-256-CBC. The MAC is over the empty string, as every
 * client does it and the spec now says.
 */
function encryptForBackup(
  text: string,
  backupPublicKey: string,
): { ephemeral: string; ciphertext: string; mac: string } {
  const ephemeral = generateKeyPairSync("x25519");
  const shared = diffieHellman({
    privateKey: ephemeral.privateKey,
    publicKey: curve25519Key(backupPublicKey),
  });
  const keys = Buffer.from(hkdfSync("sha256", shared, Buffer.alloc(32), "", 80));
  const cipher = createCipheriv("aes-256-cbc", keys.subarray(0, 32), keys.subarray(64, 80));
  const mac = createHmac("sha256", keys.subarray(32, 64)).digest();
  return {
    ephemeral: base64(rawPublicKey(ephemeral.publicKey)),
    ciphertext: base64(Buffer.concat([cipher.update(text, "utf8"), cipher.final()])),
    mac: base64(mac.subarray(0, 8)),
  };
}

/** SubjectPublicKeyInfo is a fixed header and then the raw 32 bytes. */
const x25519Header = Buffer.from("302a300506032b656e032100", "hex");

function curve25519Key(unpaddedBase64: string): KeyObject {
  const raw = Buffer.from(unpaddedBase64, "base64");
  return createPublicKey({ key: Buffer.concat([x25519Header, raw]), format: "der", type: "spki" });
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(-32);
}

/** Unpadded base64. */
function base64(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/u, "");
}
