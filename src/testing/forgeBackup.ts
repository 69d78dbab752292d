/**
 * Makes key backup entries from a backup's public key alone, as any server could (Client-Server
 * API, "m.megolm_backup.v1.curve25519-aes-sha2"). For tests and demo data only.
 */

/** Raw 32-byte curve25519 keys. */
export interface BackupKeyPair {
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly privateKey: Uint8Array<ArrayBuffer>;
}

/** The spec's SessionData, and what tests put in its place. */
export type ForgedSessionData = Readonly<Record<string, unknown>>;

export interface ForgedEntry {
  readonly roomId: string;
  readonly sessionId: string;
  /** The spec's KeyBackupData. */
  readonly value: unknown;
}

/** Encrypts plaintexts to one backup key. */
export interface EntryForge {
  /** One encrypted `session_data`: the given text or bytes, whatever they are. */
  encrypt(plaintext: string | Uint8Array<ArrayBuffer>): Promise<ForgedSession>;
}

/** The encrypted `session_data` of the spec's KeyBackupData. */
export interface ForgedSession {
  readonly ephemeral: string;
  readonly ciphertext: string;
  readonly mac: string;
}

const AES_KEY_BYTES = 32;
const MAC_KEY_END = 64;
const DERIVED_BYTES = 80;
const MAC_BYTES = 8;

/** Standard base64 without padding, as Matrix writes keys. */
export function unpaddedBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary).replace(/=+$/u, "");
}

/** A new curve25519 key pair for a backup. */
export async function generateBackupKeyPair(): Promise<BackupKeyPair> {
  const pair = await generatePair("X25519", ["deriveBits"]);
  const jwk = await crypto.subtle.exportKey("jwk", pair.privateKey);
  const base64 = (jwk.d ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    privateKey: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  };
}

/**
 * A forge for one backup public key. Its entries share one ephemeral key, which is valid and makes
 * forging thousands quick.
 */
export async function createEntryForge(publicKey: Uint8Array<ArrayBuffer>): Promise<EntryForge> {
  const ephemeral = await generatePair("X25519", ["deriveBits"]);
  const recipient = await crypto.subtle.importKey("raw", publicKey, "X25519", false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "X25519", public: recipient },
    ephemeral.privateKey,
    256,
  );
  return createForgeFrom(
    new Uint8Array(shared),
    new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey)),
  );
}

/**
 * A forge for a shared secret that was made in some other way, and the ephemeral public key that is
 * written into its entries.
 */
export async function createForgeFrom(
  shared: Uint8Array<ArrayBuffer>,
  ephemeralPublic: Uint8Array,
): Promise<EntryForge> {
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const derived = new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info: new Uint8Array(0) },
      secret,
      DERIVED_BYTES * 8,
    ),
  );
  const aesKey = await crypto.subtle.importKey(
    "raw",
    derived.slice(0, AES_KEY_BYTES),
    "AES-CBC",
    false,
    ["encrypt"],
  );
  const macKey = await crypto.subtle.importKey(
    "raw",
    derived.slice(AES_KEY_BYTES, MAC_KEY_END),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const iv = derived.slice(MAC_KEY_END);
  // The algorithm's MAC covers an empty string (a known flaw of it), so it is the same for all.
  const macBytes = new Uint8Array(await crypto.subtle.sign("HMAC", macKey, new Uint8Array(0)));
  const mac = unpaddedBase64(macBytes.slice(0, MAC_BYTES));
  const ephemeralText = unpaddedBase64(ephemeralPublic);
  return {
    async encrypt(plaintext) {
      const ciphertext = await crypto.subtle.encrypt(
        { name: "AES-CBC", iv },
        aesKey,
        typeof plaintext === "string" ? new TextEncoder().encode(plaintext) : plaintext,
      );
      return {
        ephemeral: ephemeralText,
        ciphertext: unpaddedBase64(new Uint8Array(ciphertext)),
        mac,
      };
    },
  };
}

/** SessionData with valid fields, and the session id that belongs to it. */
export async function forgeSessionData(): Promise<{
  readonly sessionId: string;
  readonly sessionData: ForgedSessionData;
}> {
  const signingKey = await generatePair("Ed25519", ["sign", "verify"]);
  const signingPublic = new Uint8Array(await crypto.subtle.exportKey("raw", signingKey.publicKey));
  // Session export format: version 1, the ratchet's index, the ratchet, the signing key.
  const exported = new Uint8Array(1 + 4 + 128 + 32);
  exported[0] = 1;
  crypto.getRandomValues(exported.subarray(5, 133));
  exported.set(signingPublic, 133);
  return {
    sessionId: unpaddedBase64(signingPublic),
    sessionData: {
      algorithm: "m.megolm.v1.aes-sha2",
      sender_key: unpaddedBase64(crypto.getRandomValues(new Uint8Array(32))),
      session_key: unpaddedBase64(exported),
      sender_claimed_keys: { ed25519: unpaddedBase64(signingPublic) },
      forwarding_curve25519_key_chain: [],
    },
  };
}

/** The same session, known only from a later message on: what comes before is not opened by it. */
export function fromMessage(data: ForgedSessionData, firstIndex: number): ForgedSessionData {
  const exported = Uint8Array.from(atob(String(data["session_key"])), (letter) =>
    letter.charCodeAt(0),
  );
  new DataView(exported.buffer).setUint32(1, firstIndex);
  return { ...data, session_key: unpaddedBase64(exported) };
}

/** One good entry; `change` may spoil the SessionData before it is encrypted. */
export async function forgeEntry(
  forge: EntryForge,
  roomId: string,
  change: (data: ForgedSessionData) => unknown = (data) => data,
): Promise<ForgedEntry> {
  const { sessionId, sessionData } = await forgeSessionData();
  const encrypted = await forge.encrypt(JSON.stringify(change(sessionData)));
  return { roomId, sessionId, value: keyBackupData(encrypted) };
}

/** The spec's KeyBackupData around a `session_data`. */
export function keyBackupData(sessionData: unknown): unknown {
  return {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: true,
    session_data: sessionData,
  };
}

/**
 * The body of `GET /room_keys/keys`. Entries of one room that stand together form one room object,
 * so repeated rooms and repeated sessions are written as given.
 */
export function serializeBackup(entries: readonly ForgedEntry[]): Uint8Array<ArrayBuffer> {
  let text = '{"rooms":{';
  let openRoom: string | null = null;
  for (const entry of entries) {
    if (entry.roomId === openRoom) {
      text += ",";
    } else {
      text += openRoom === null ? "" : "}},";
      text += `${JSON.stringify(entry.roomId)}:{"sessions":{`;
      openRoom = entry.roomId;
    }
    text += `${JSON.stringify(entry.sessionId)}:${JSON.stringify(entry.value)}`;
  }
  return new TextEncoder().encode(`${text}${openRoom === null ? "" : "}}"}}}`);
}

async function generatePair(
  algorithm: "X25519" | "Ed25519",
  usages: readonly KeyUsage[],
): Promise<CryptoKeyPair> {
  const key = await crypto.subtle.generateKey(algorithm, true, [...usages]);
  if (!("privateKey" in key)) {
    throw new Error(`${algorithm} gave no key pair`);
  }
  return key;
}
