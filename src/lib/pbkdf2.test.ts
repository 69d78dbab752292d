import { pbkdf2Sync } from "node:crypto";
import { deriveRecoveryKeyFromPassphrase } from "matrix-js-sdk/lib/crypto-api/key-passphrase";
import { expect, it } from "vitest";
import { publicEd25519Of } from "./ed25519";
import { derivePbkdf2 } from "./pbkdf2";

it.each([
  ["correct horse battery staple", "salt", 1],
  ["  spaces count  ", "s", 1_000],
  ["Ünïcödé 🔑 is taken as UTF-8", "sålt", 1_000],
])("derives %j as another library and as the SDK does", async (passphrase, salt, iterations) => {
  const derived = await derivePbkdf2(passphrase, { salt, iterations });
  expect(Buffer.from(derived)).toEqual(pbkdf2Sync(passphrase, salt, iterations, 32, "sha512"));
  expect(derived).toEqual(await deriveRecoveryKeyFromPassphrase(passphrase, salt, iterations));
});

it("derives the Ed25519 public key of RFC 8032's first seed", async () => {
  const seed = Buffer.from(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  );
  expect(Buffer.from((await publicEd25519Of(seed)) ?? []).toString("hex")).toBe(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
});

it("has no public key for what is no seed", async () => {
  expect(await publicEd25519Of(new Uint8Array(31))).toBeNull();
});
