const HIDDEN = "[redacted]";
const MAX_LENGTH = 240;

/** A path segment that is part of an endpoint's name, and not the name of a person or a room. */
const ENDPOINT_WORD = /^(?:_?[a-z][a-z_.]{0,30}|[rv]\d|)$/u;
/** A file of this app, and the place in it, as stack traces name it. */
const SCRIPT = /^[\w.-]{1,60}\.js(?::\d+){0,2}$/u;

/** What follows one of these words is a secret, whatever it looks like. */
const SECRET_NAMES =
  "\\w*token|password|passphrase|\\w*key|\\w*secret|code|state|pickle|authorization";
const NAMED_SECRET = new RegExp(
  `\\b((?:${SECRET_NAMES})["']?\\s*[:=]\\s*|bearer\\s+)((?:bearer\\s+)?(?:"[^"]*"?|'[^']*'?|[^\\s,;)}\\]]+))`,
  "giu",
);
const ADDRESS = /(\bhttps?:\/\/[^\s"'<>()]+)/iu;
/** Ids of rooms, events, people and aliases. */
const MATRIX_ID = /[!$@#][^\s"'<>(){},;:]+:[^\s"'<>(){},;]+/gu;
/** What follows a path and is no sentence. */
const QUERY = /\?[^\s)"']+/gu;
/** Six groups of four or more, as recovery keys are written down. */
const KEY_GROUPS = /(?:\b[1-9A-HJ-NP-Za-km-z]{4}\b[\s-]+){5,}(?:\b[1-9A-HJ-NP-Za-km-z]{1,4}\b)?/gu;
/** Base64, hexadecimal, base58, tokens. */
const RUN = /[\w+/=~%-]{16,}/gu;

/**
 * A text for reports and for the log, of at most 240 characters, without what must not be there: tokens, keys, whatever follows the name of a
 * secret, ids of people, rooms and events, queries of addresses. What looks like a secret is one:
 * a word too many that is taken out costs less than one too few. A short password in the middle of a
 * sentence is not recognised: whoever makes the text must not put one there.
 */
export function redact(text: string): string {
  const clean = text
    .split(ADDRESS)
    .map((part) => (ADDRESS.test(part) ? redactAddress(part) : redactWords(part)))
    .join("")
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ");
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}

function redactWords(text: string): string {
  return text
    .replaceAll(NAMED_SECRET, (_all, name: string) => `${name}${HIDDEN}`)
    .replaceAll(KEY_GROUPS, HIDDEN)
    .replaceAll(MATRIX_ID, HIDDEN)
    .replaceAll(QUERY, `?${HIDDEN}`)
    .replaceAll(RUN, (run) => (looksOpaque(run) ? HIDDEN : run));
}

/** The origin, and of the path what names an endpoint or a script. No query and no fragment. */
function redactAddress(text: string): string {
  if (!URL.canParse(text)) return HIDDEN;
  const { origin, pathname } = new URL(text);
  const parts = pathname.split("/");
  const isPlain = (part: string): boolean => ENDPOINT_WORD.test(part) || SCRIPT.test(part);
  return origin + parts.map((part) => (isPlain(part) ? part : HIDDEN)).join("/");
}

/** Words are of one case and have no digits; a long name in camel case goes with the rest. */
function looksOpaque(run: string): boolean {
  if (/^[A-Z_]+$/u.test(run)) return false;
  return /\d/u.test(run) || /[+=~%]/u.test(run) || (run.length >= 24 && /[A-Z]/u.test(run));
}
