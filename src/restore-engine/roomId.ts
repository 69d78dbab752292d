const MAX_ROOM_ID_BYTES = 255;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/u;

/**
 * Whether the text can be a room id (spec appendix "Room IDs"): `!` and an opaque part, with or
 * without a server name, at most 255 bytes, no control characters.
 */
export function isRoomId(text: string): boolean {
  return (
    text.length > 1 &&
    text.startsWith("!") &&
    !/\p{Cs}/u.test(text) &&
    !CONTROL_CHARACTERS.test(text) &&
    (text.length * 3 <= MAX_ROOM_ID_BYTES ||
      new TextEncoder().encode(text).length <= MAX_ROOM_ID_BYTES)
  );
}
