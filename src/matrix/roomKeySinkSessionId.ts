import type { DecryptedRoomKey } from "@/domain/ports";
import { decodeBase64, encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";

/** Version, index and ratchet stand before the 32 bytes of the public key in an exported session. */
const PUBLIC_KEY_START = 1 + 4 + 128;
const EXPORT_LENGTH = PUBLIC_KEY_START + 32;

/**
 * The session id that follows from the key itself: a Megolm session's id is its Ed25519 public
 * key, the end of the session export format (libolm, "Megolm group ratchet"). The id an entry
 * stood under in the backup is the server's word and may be wrong; without a readable key it is
 * all there is.
 */
export function trueSessionId({ sessionId, sessionData }: DecryptedRoomKey): string {
  const exported = sessionData.session_key;
  if (typeof exported !== "string" || !/^[A-Za-z0-9+/]{220}=*$/.test(exported)) return sessionId;
  const bytes = decodeBase64(exported);
  return bytes.length === EXPORT_LENGTH
    ? encodeUnpaddedBase64(bytes.subarray(PUBLIC_KEY_START))
    : sessionId;
}
