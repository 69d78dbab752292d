import { KEY_FILE_ROUNDS, type KeyFileProblem } from "@/domain/keyFile";
import { fail, ok, type Result } from "@/domain/result";
import { randomBytes, utf8, wipe } from "@/lib/bytes";
import { yieldToMain } from "@/lib/yieldToMain";
import { decodeBase64, encodeBase64 } from "matrix-js-sdk/lib/base64";

/*
 * The file of Client-Server API, "Key exports", "Key export format": between two marker lines, in
 * base64, 1 byte of version, 16 of salt, 16 of IV, 4 of rounds, the JSON encrypted by AES-256-CTR, 32
 * of HMAC-SHA-256 over all before. Both keys come from one PBKDF2-HMAC-SHA-512. By WebCrypto, which
 * works beside the page: the crypto module's own functions hold up the page for the whole derivation.
 */

const BEGIN = "-----BEGIN MEGOLM SESSION DATA-----";
const END = "-----END MEGOLM SESSION DATA-----";

const HEAD = 1 + 16 + 16 + 4;
const MAC = 32;
/** More rounds than anybody waits for; a file must not hold the browser up for hours. */
const MOST_ROUNDS = 10_000_000;

/** Bytes per line of base64, and how much is turned into text before the page gets its turn. */
const LINE = 72;
const CHUNK = LINE * 4_000;

/** Encrypts the JSON of an export. */
export async function encryptKeyFile(
  json: string,
  passphrase: string,
  rounds = KEY_FILE_ROUNDS,
): Promise<Blob> {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  // Bit 63 is zero, for programs whose counter is only 64 bits long.
  iv[8] = (iv[8] ?? 0) & 0x7f;
  const keys = await deriveKeys(passphrase, salt, rounds);
  const plain = utf8(json);
  const encrypted = await crypto.subtle.encrypt(
    { name: "AES-CTR", counter: iv, length: 128 },
    keys.aes,
    plain,
  );
  wipe(plain);
  const body = new Uint8Array(HEAD + encrypted.byteLength + MAC);
  body[0] = 1;
  body.set(salt, 1);
  body.set(iv, 17);
  new DataView(body.buffer).setUint32(33, rounds);
  body.set(new Uint8Array(encrypted), HEAD);
  const signed = body.subarray(0, HEAD + encrypted.byteLength);
  body.set(new Uint8Array(await crypto.subtle.sign("HMAC", keys.mac, signed)), signed.length);
  return new Blob(await toLines(body), { type: "text/plain" });
}

/** The JSON of a key file. */
export async function decryptKeyFile(
  text: string,
  passphrase: string,
): Promise<Result<string, KeyFileProblem>> {
  const unpacked = unpack(text);
  if (!unpacked.ok) return unpacked;
  const body = unpacked.value;
  if (body[0] !== 1) return fail("unsupported");
  const rounds = new DataView(body.buffer, body.byteOffset).getUint32(33);
  if (rounds < 1 || rounds > MOST_ROUNDS) return fail("unsupported");
  const { aes, mac } = await deriveKeys(passphrase, body.slice(1, 17), rounds);
  const border = body.length - MAC;
  const isRight = await crypto.subtle.verify(
    "HMAC",
    mac,
    body.slice(border),
    body.subarray(0, border),
  );
  if (!isRight) return fail("wrong_passphrase");
  const counter = body.slice(17, 33);
  const plain = await crypto.subtle.decrypt(
    { name: "AES-CTR", counter, length: 128 },
    aes,
    body.subarray(HEAD, border),
  );
  const json = new TextDecoder().decode(plain);
  wipe(new Uint8Array(plain));
  return ok(json);
}

/** The bytes between the marker lines. */
function unpack(text: string): Result<Uint8Array<ArrayBuffer>, KeyFileProblem> {
  const start = text.indexOf(BEGIN);
  if (start === -1) return fail("not_a_key_file");
  const from = start + BEGIN.length;
  const to = text.indexOf(END, from);
  if (to === -1) return fail("cut_off");
  const base64 = text.slice(from, to).replaceAll(/\s+/g, "");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return fail("not_a_key_file");
  let body: Uint8Array<ArrayBuffer>;
  try {
    body = decodeBase64(base64);
  } catch {
    return fail("cut_off");
  }
  return body.length < HEAD + MAC ? fail("cut_off") : ok(body);
}

async function deriveKeys(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<{ readonly aes: CryptoKey; readonly mac: CryptoKey }> {
  const secret = utf8(passphrase);
  const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  wipe(secret);
  const bits = new Uint8Array(
    await crypto.subtle.deriveBits(
      { name: "PBKDF2", salt, iterations, hash: "SHA-512" },
      material,
      512,
    ),
  );
  const aes = await crypto.subtle.importKey("raw", bits.slice(0, 32), "AES-CTR", false, [
    "encrypt",
    "decrypt",
  ]);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const mac = await crypto.subtle.importKey("raw", bits.slice(32), hmac, false, ["sign", "verify"]);
  wipe(bits);
  return { aes, mac };
}

/** Base64 in lines between the markers, in pieces, so that a large file does not hold up the page. */
async function toLines(body: Uint8Array<ArrayBuffer>): Promise<string[]> {
  const parts = [`${BEGIN}\n`];
  for (let start = 0; start < body.length; start += CHUNK) {
    const base64 = encodeBase64(body.subarray(start, start + CHUNK));
    parts.push(`${base64.match(/.{1,96}/g)?.join("\n") ?? ""}\n`);
    await yieldToMain();
  }
  parts.push(`${END}\n`);
  return parts;
}
