import { anything, assert, property } from "fast-check";
import { expect, test } from "vitest";
import { isBackupVersion, parseBackupInfo } from "./backupInfo";

const KEY = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo";

function body(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    version: "3",
    algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
    auth_data: { public_key: KEY, signatures: { "@a:b": {} } },
    count: 7,
    etag: "x",
    ...changes,
  };
}

test("a whole body is read, and its auth_data kept as it is", () => {
  expect(parseBackupInfo(body())).toEqual({
    ok: true,
    value: {
      version: "3",
      algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
      publicKey: KEY,
      count: 7,
      etag: "x",
      authData: { public_key: KEY, signatures: { "@a:b": {} } },
    },
  });
});

test.each([
  ["version", undefined],
  ["version", ""],
  ["version", 3],
  ["version", "1".repeat(65)],
  ["version", "1 2"],
  ["version", "1\n"],
  ["version", "1\u0000"],
  ["version", "1\u202e2"],
  ["version", "1\u2066"],
  ["version", "\u200f1"],
  ["version", "1\u200b"],
  ["version", "\u05d0"],
  ["version", "1\u0301"],
  ["version", "\ud800"],
  ["algorithm", undefined],
  ["algorithm", ""],
  ["algorithm", "m.\u202enew"],
  ["algorithm", "m".repeat(256)],
  ["auth_data", null],
  ["auth_data", []],
  ["auth_data", "x"],
  ["count", undefined],
  ["count", "7"],
  ["count", -1],
  ["count", 1.5],
  ["count", Number.NaN],
  ["count", Number.POSITIVE_INFINITY],
  ["count", 2 ** 60],
  ["etag", undefined],
  ["etag", 4],
  ["etag", "\u202e"],
  ["etag", "x".repeat(256)],
])("%s %j is not an answer of the spec", (field, value) => {
  expect(parseBackupInfo(body({ [field]: value }))).toMatchObject({
    ok: false,
    error: { kind: "not_matrix" },
  });
});

test.each(["1", "1".repeat(64), "5f0e-A_b.c~d:e", "{v}", "%2F"])(
  "the version %s is taken as it is",
  (version) => {
    expect(isBackupVersion(version)).toBe(true);
    expect(parseBackupInfo(body({ version }))).toMatchObject({ ok: true, value: { version } });
  },
);

test.each([
  ["absent", undefined],
  ["a number", 1],
  ["short", KEY.slice(1)],
  ["padded", `${KEY}=`],
  ["url-safe base64", KEY.replace("/", "_")],
  ["all zero", "A".repeat(43)],
  ["spelt with stray bits", `${KEY.slice(0, 42)}p`],
  ["not base64", "*".repeat(43)],
])("a public key that is %s is reported as none", (_name, publicKey) => {
  const parsed = parseBackupInfo(body({ auth_data: { public_key: publicKey } }));
  expect(parsed).toMatchObject({ ok: true, value: { publicKey: null } });
});

test("an algorithm nobody knows yet is passed on, for the screen to name", () => {
  expect(parseBackupInfo(body({ algorithm: "m.new", auth_data: {} }))).toMatchObject({
    ok: true,
    value: { algorithm: "m.new", publicKey: null },
  });
});

test("whatever the server sends, reading it never throws and never invents a count", () => {
  assert(
    property(anything(), (body) => {
      const parsed = parseBackupInfo(body);
      return !parsed.ok || Number.isSafeInteger(parsed.value.count);
    }),
  );
});
