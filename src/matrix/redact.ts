const MAX_LENGTH = 240;

/** Anything that could be a token, key or signature: long unbroken runs of base64, base64url or base58. */
const LONG_RUN = /[A-Za-z0-9+/_=-]{24,}/g;
const SYNAPSE_TOKEN = /\bsy[a-z]_[A-Za-z0-9_]+/g;
const BEARER = /\bBearer\s+\S+/gi;
const QUERY = /\?[^\s)"']*/g;
/** Groups of four as recovery keys are written: "EsTR …". */
const RECOVERY_KEY_GROUPS = /\b[1-9A-HJ-NP-Za-km-z]{4}(?:\s+[1-9A-HJ-NP-Za-km-z]{1,4}){7,}/g;

/** Text for an error report with everything that may be secret taken out, at most 240 characters. */
export function redact(text: string): string {
  const clean = text
    .replace(BEARER, "Bearer [redacted]")
    .replace(QUERY, "?[redacted]")
    .replace(SYNAPSE_TOKEN, "[redacted]")
    .replace(RECOVERY_KEY_GROUPS, "[redacted]")
    .replace(LONG_RUN, (run) => (looksLikeWords(run) ? run : "[redacted]"));
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}

/** Error codes and plain paths: one letter case, and no digits. */
function looksLikeWords(run: string): boolean {
  return /^[A-Z_]+$/.test(run) || /^[a-z/_-]+$/.test(run);
}
