/**
 * Entries as a broken or hostile server could send them, to hold two ways of decrypting against each
 * other. What becomes of an entry is not said here: the SDK's WebAssembly decides that.
 */
import {
  createEntryForge,
  createForgeFrom,
  forgeSessionData,
  keyBackupData,
  unpaddedBase64,
  type BackupKeyPair,
  type ForgedSession,
} from "./forgeBackup";

/** What was done to an entry, and its KeyBackupData. */
export type NamedEntry = readonly [what: string, value: unknown];

/** One of the three fields of an encrypted session. */
type FieldName = keyof ForgedSession;

export const FIELD_NAMES: readonly FieldName[] = ["ephemeral", "mac", "ciphertext"];

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const padded = (text: string): string => text + "=".repeat((4 - (text.length % 4)) % 4);

/** The same bytes, were it not for a bit after their end that must be zero. */
const withStrayBit = (text: string): string =>
  text.slice(0, -1) + (LETTERS[LETTERS.indexOf(text.slice(-1)) ^ 1] ?? "");

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** Ways to spoil any base64 text. Some leave its bytes as they are. */
export const spoiledTexts: readonly (readonly [what: string, (text: string) => string])[] = [
  ["padded", padded],
  ["with one = too many", (text) => `${padded(text)}=`],
  ["with one = appended", (text) => `${text}=`],
  ["with == appended", (text) => `${text}==`],
  ["with ==== appended", (text) => `${text}====`],
  ["with = in the middle", (text) => `${text.slice(0, 4)}=${text.slice(5)}`],
  ["empty", () => ""],
  ["of nothing but padding", () => "===="],
  ["of one letter", () => "A"],
  ["cut by a letter", (text) => text.slice(0, -1)],
  ["cut by four letters", (text) => text.slice(0, -4)],
  ["with a letter more", (text) => `${text}A`],
  ["with two letters more", (text) => `${text}AA`],
  ["with four letters more", (text) => `${text}AAAA`],
  ["with a stray bit", withStrayBit],
  ["with a stray bit, padded", (text) => padded(withStrayBit(text))],
  ["with a newline at the end", (text) => `${text}\n`],
  ["with a space before it", (text) => ` ${text}`],
  ["with a line break inside", (text) => `${text.slice(0, 4)}\r\n${text.slice(4)}`],
  ["with a tab for a letter", (text) => `\t${text.slice(1)}`],
  ["with a NUL at the end", (text) => `${text}\0`],
  ["with URL-safe letters", (text) => `-_${text.slice(2)}`],
  ["with its + and / made URL-safe", (text) => text.replaceAll("+", "-").replaceAll("/", "_")],
  ["with a letter that is no ASCII", (text) => `é${text.slice(1)}`],
  ["with a full-width letter", (text) => `\uFF21${text.slice(1)}`],
  ["with a letter beyond the alphabet's table", (text) => `\u0141${text.slice(1)}`],
  ["with a lone surrogate", (text) => `\uD800${text.slice(1)}`],
  ["with a BOM", (text) => `\uFEFF${text}`],
  ["with another first letter", (text) => (text.startsWith("A") ? "B" : "A") + text.slice(1)],
];

/** Public keys on Curve25519 with which every shared secret is zero, and their other spellings. */
const LOW_ORDER_POINTS = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "0100000000000000000000000000000000000000000000000000000000000080",
].map((hex) => Uint8Array.from(hex.match(/../gu) ?? [], (byte) => Number.parseInt(byte, 16)));

/** Good entries and damaged ones of every kind we know, for one backup key. */
export async function damagedEntries(keys: BackupKeyPair): Promise<NamedEntry[]> {
  const forge = await createEntryForge(keys.publicKey);
  const { sessionData } = await forgeSessionData();
  const text = JSON.stringify(sessionData);
  const good = await forge.encrypt(text);
  const sessions: [string, unknown][] = [
    ["good", good],
    ["good, with fields nobody knows", { ...good, extra: 1 }],
    ["a session that is null", null],
    ["a session that is a list", [good]],
    ...FIELD_NAMES.map((name): [string, unknown] => [`${name} a number`, { ...good, [name]: 1 }]),
    ...FIELD_NAMES.flatMap((name) =>
      spoiledTexts.map(([what, spoil]): [string, unknown] => [
        `${name} ${what}`,
        { ...good, [name]: spoil(good[name]) },
      ]),
    ),
    ...spoiledMacs(good),
    ...spoiledCiphertexts(good),
    ...(await spoiledEphemerals(good, text)),
  ];
  for (const [what, plaintext] of plaintexts(text)) {
    sessions.push([`plaintext ${what}`, await forge.encrypt(plaintext)]);
  }
  // What `encrypt` pads with a block of its own is, without that block, padded as its end says.
  for (const [what, plaintext] of badPaddings()) {
    const { ciphertext, ...rest } = await forge.encrypt(plaintext);
    const cut = unpaddedBase64(bytesOf(ciphertext).slice(0, -16));
    sessions.push([`padding ${what}`, { ...rest, ciphertext: cut }]);
  }
  const entries = sessions.map(([what, data]): NamedEntry => [what, keyBackupData(data)]);
  return [...entries, ["an entry that is null", null], ["an entry that is a list", []]];
}

function spoiledMacs(good: ForgedSession): [string, unknown][] {
  const bytes = bytesOf(good.mac);
  const lengths = [0, 1, 2, 3, 4, 5, 6, 7, 9, 16, 32, 33].map((length): [string, unknown] => {
    const changed = new Uint8Array(length);
    changed.set(bytes.subarray(0, length));
    return [`mac of ${length} bytes`, { ...good, mac: unpaddedBase64(changed) }];
  });
  const flipped = [...bytes.keys()].map((at): [string, unknown] => {
    const changed = bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
    return [`mac wrong in byte ${at}`, { ...good, mac: unpaddedBase64(changed) }];
  });
  return [...lengths, ...flipped];
}

function spoiledCiphertexts(good: ForgedSession): [string, unknown][] {
  const bytes = bytesOf(good.ciphertext);
  const changed: [string, Uint8Array<ArrayBuffer>][] = [
    ["cut by a byte", bytes.slice(0, -1)],
    ["cut by a block", bytes.slice(0, -16)],
    ["of its first block", bytes.slice(0, 16)],
    ["of its last block", bytes.slice(-16)],
    ["with a block more", Uint8Array.from([...bytes, ...bytes.slice(-16)])],
    ["of zeros", new Uint8Array(bytes.length)],
    ...[0, 5, 16, 100, bytes.length - 17, bytes.length - 1].map(
      (at): [string, Uint8Array<ArrayBuffer>] => [
        `with a bit flipped in byte ${at}`,
        bytes.map((byte, index) => (index === at ? byte ^ 0x80 : byte)),
      ],
    ),
  ];
  return changed.map(([what, ciphertext]) => [
    `ciphertext ${what}`,
    { ...good, ciphertext: unpaddedBase64(ciphertext) },
  ]);
}

async function spoiledEphemerals(good: ForgedSession, text: string): Promise<[string, unknown][]> {
  const highBit = bytesOf(good.ephemeral);
  highBit[31] = (highBit[31] ?? 0) | 0x80;
  const result: [string, unknown][] = [
    ["ephemeral with its high bit set", { ...good, ephemeral: unpaddedBase64(highBit) }],
    ["ephemeral of no point on the curve", { ...good, ephemeral: `Ag${"A".repeat(41)}` }],
  ];
  for (const [index, point] of LOW_ORDER_POINTS.entries()) {
    // Encrypted as it would be were the secret of zeros taken.
    const forge = await createForgeFrom(new Uint8Array(32), point);
    result.push([`ephemeral of low order ${index}`, await forge.encrypt(text)]);
  }
  return result;
}

function plaintexts(text: string): [string, string | Uint8Array<ArrayBuffer>][] {
  const utf8 = new TextEncoder().encode(text);
  /** The session with raw bytes as a claimed key of an algorithm that nobody knows. */
  const withClaimed = (...raw: readonly number[]): Uint8Array<ArrayBuffer> => {
    const [head = "", tail = ""] = text.split('"sender_claimed_keys":{');
    const encoder = new TextEncoder();
    return Uint8Array.from([
      ...encoder.encode(`${head}"sender_claimed_keys":{"x":"`),
      ...raw,
      ...encoder.encode(`",${tail}`),
    ]);
  };
  return [
    ["empty", ""],
    ["no JSON", "not json"],
    ["cut", text.slice(0, -1)],
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "1e999"],
    ["another algorithm", text.replace("m.megolm.v1.aes-sha2", "m.olm")],
    ["with a name twice", text.replace("{", '{"algorithm":"m.olm",')],
    ["with __proto__", text.replace("{", '{"__proto__":{"algorithm":"x"},')],
    ["after a BOM", `\uFEFF${text}`],
    ["before a BOM", `${text}\uFEFF`],
    ["after white space", ` \n\t${text}\r\n`],
    ["after a NUL", `\0${text}`],
    ["before a NUL", `${text}\0`],
    [
      "with an escaped lone surrogate in a claimed key",
      text.replace('"sender_claimed_keys":{', '"sender_claimed_keys":{"x":"\\ud800",'),
    ],
    ["of exactly whole blocks", text.padEnd(Math.ceil(text.length / 16) * 16)],
    ["in UTF-16", Uint8Array.from(text.split("").flatMap((letter) => [letter.charCodeAt(0), 0]))],
    ["of bytes that are no UTF-8", Uint8Array.of(0xff, 0xfe, 0x80)],
    ["with a byte that is no UTF-8 after it", Uint8Array.from([...utf8, 0xff])],
    ["with UTF-8 in a claimed key", withClaimed(0xc3, 0xa9, 0xf0, 0x9f, 0x94, 0x91)],
    ["with a BOM in a claimed key", withClaimed(0xef, 0xbb, 0xbf)],
    ["with a stray byte in a claimed key", withClaimed(0x80)],
    ["with an overlong letter in a claimed key", withClaimed(0xc0, 0xaf)],
    ["with a surrogate's bytes in a claimed key", withClaimed(0xed, 0xa0, 0x80)],
    ["with a cut letter in a claimed key", withClaimed(0xf0, 0x9f, 0x94)],
    ["with a letter beyond Unicode in a claimed key", withClaimed(0xf4, 0x90, 0x80, 0x80)],
  ];
}

/** Plaintexts of whole blocks, whose last bytes stand where padding should be. */
function badPaddings(): [string, Uint8Array<ArrayBuffer>][] {
  const ending = (...end: readonly number[]): Uint8Array<ArrayBuffer> => {
    const block = new Uint8Array(32).fill(0x20);
    block.set([0x7b, 0x7d]);
    block.set(end, block.length - end.length);
    return block;
  };
  return [
    ["of 0", ending(0)],
    ["of 1", ending(1)],
    ["of 2, the first of them wrong", ending(9, 2)],
    ["of 2", ending(2, 2)],
    ["of 16, the first of them wrong", ending(1, ...new Uint8Array(15).fill(16))],
    ["of 16", ending(...new Uint8Array(16).fill(16))],
    ["of 17", ending(...new Uint8Array(17).fill(17))],
    ["of 255", ending(255)],
  ];
}
