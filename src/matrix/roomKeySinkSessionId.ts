import type { DecryptedRoomKey } from "@/domain/ports";
import { decodeBase64, encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";

/** Session export format, version 1: the version, 4 bytes of index, 128 of ratchet, the public key. */
const VERSION = 1;
const PUBLIC_KEY_START = 1 + 4 + 128;

/** 165 bytes in base64, which needs no padding for them. */
const EXPORT = /^[A-Za-z0-9+/]{220}$/;

/**
 * The session id that follows from the key itself: a Megolm session's id is its Ed25519 public
 * key, the end of the session export format (libolm, "Megolm group ratchet"). The id an entry
 * stood under in the backup is the server's word and is never used. Null when the session key is
 * not exactly such an export: the crypto module reads one with bytes after its end all the same,
 * and would file it under whatever id it is told.
 */
export function trueSessionId({ sessionData }: DecryptedRoomKey): string | null {
  const exported = sessionData.session_key;
  if (typeof exported !== "string" || !EXPORT.test(exported)) return null;
  const bytes = decodeBase64(exported);
  return bytes[0] === VERSION ? encodeUnpaddedBase64(bytes.subarray(PUBLIC_KEY_START)) : null;
}
