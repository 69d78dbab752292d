import { encodeRecoveryKey } from "matrix-js-sdk/lib/crypto-api/recovery-key.js";

/** Something that must not be found where it has no business. */
export interface Secret {
  /** What a finding calls it; the secret itself is never printed. */
  readonly name: string;
  /** Text as a person types it or a header carries it, or the bytes of a key. */
  readonly value: string | Uint8Array;
}

/** One way in which a secret may be written. */
export interface SecretForm {
  readonly encoding: string;
  readonly text: string;
}

/** Shorter pieces would be found by chance. */
const SHORTEST = 10;
const PIECE = 16;
const PIECES = /.{16}/gu;

/** Every usual way to write a secret as text. Without duplicates, the plainest names first. */
export function formsOf({ value }: Secret): readonly SecretForm[] {
  const forms = typeof value === "string" ? formsOfText(value) : formsOfKey(value);
  const seen = new Set<string>();
  return forms.filter(({ text }) => {
    if (text.length < SHORTEST || seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** The bytes to look for in binary data. */
export function bytesOf({ value }: Secret): readonly Buffer[] {
  if (typeof value !== "string") return [Buffer.from(value)];
  const spaceless = value.replace(/\s/gu, "");
  return [
    Buffer.from(value, "utf8"),
    Buffer.from(spaceless, "utf8"),
    Buffer.from(value, "utf16le"),
    Buffer.from(spaceless, "utf16le"),
  ];
}

function formsOfText(text: string): SecretForm[] {
  const spaceless = text.replace(/\s/gu, "");
  // A piece gives much away, or is what is left of a copy that was cut. Pieces of short text prove nothing.
  const pieces = spaceless.length < 2 * PIECE ? [] : (spaceless.match(PIECES) ?? []);
  return [
    { encoding: "plain", text },
    { encoding: "without spaces", text: spaceless },
    { encoding: "URL-encoded", text: encodeURIComponent(text) },
    { encoding: "form-encoded", text: new URLSearchParams({ k: text }).toString().slice(2) },
    { encoding: "JSON-escaped", text: JSON.stringify(text).slice(1, -1) },
    { encoding: "JSON-escaped twice", text: JSON.stringify(JSON.stringify(text)).slice(3, -3) },
    ...formsInAddress(text),
    { encoding: "HTML-escaped", text: escapeHtml(text) },
    { encoding: "HTML-escaped", text: escapeHtml(text).replaceAll('"', "&quot;") },
    ...pieces.map((piece) => ({ encoding: "a piece of it", text: piece })),
    ...formsOfBytes(Buffer.from(text)),
    ...formsOfBytes(Buffer.from(spaceless)),
  ];
}

function formsOfKey(bytes: Uint8Array): SecretForm[] {
  const asRecoveryKey = encodeRecoveryKey(bytes);
  return [
    ...formsOfBytes(Buffer.from(bytes)),
    { encoding: "binary string", text: Buffer.from(bytes).toString("latin1") },
    ...(asRecoveryKey === undefined ? [] : formsOfText(asRecoveryKey)),
  ];
}

function formsOfBytes(bytes: Buffer): SecretForm[] {
  const numbers = [...bytes];
  return [
    ...base64Cores(bytes).flatMap((core) => [
      { encoding: "base64", text: core },
      { encoding: "URL-safe base64", text: core.replaceAll("+", "-").replaceAll("/", "_") },
      { encoding: "URL-encoded base64", text: encodeURIComponent(core) },
    ]),
    { encoding: "hex", text: bytes.toString("hex") },
    { encoding: "hex", text: bytes.toString("hex").toUpperCase() },
    { encoding: "list of numbers", text: numbers.join(",") },
    { encoding: "list of numbers", text: numbers.join(", ") },
    {
      encoding: "object of numbers",
      text: JSON.stringify(Uint8Array.from(bytes)).slice(1, -1),
    },
  ];
}

/**
 * The base64 letters that the bytes have wherever they begin in what was encoded, with padding or
 * without: of each of the three alignments, the letters that no neighbour shares.
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor((whole.length * 8) / 6);
    return whole.toString("base64").slice(first, last);
  });
}

/** What a browser makes of text that is put into an address as it is. */
function formsInAddress(text: string): SecretForm[] {
  const { hash, search } = new URL(`https://a.test/?${text.replaceAll("#", "%23")}#${text}`);
  return [hash, search].map((part) => ({ encoding: "in an address", text: part.slice(1) }));
}

/** As `outerHTML` writes text; in attributes it escapes double quotes as well. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\u00A0", "&nbsp;");
}
