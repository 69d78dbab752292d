/**
 * Text of other people for display: control characters out, and cut to `limit` characters with an
 * ellipsis. Cut by code point, so that no emoji is torn into a replacement character.
 */
export function shortenText(text: string, limit: number): string {
  // Newlines and tabs stay; bidi overrides are harmless inside <bdi>.
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const clean = text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, "");
  if (clean.length <= limit) return clean;
  const characters = Array.from(clean);
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join("")}…`;
}
