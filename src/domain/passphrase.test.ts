import { describe, expect, it } from "vitest";
import { chooseDerivations, readBackupPassphraseInfo, readPassphraseInfo } from "./passphrase";

const good = { algorithm: "m.pbkdf2", salt: "salt", iterations: 500_000 };
const params = { ok: true, value: { salt: "salt", iterations: 500_000 } };
const unsupported = { ok: false, error: { reason: "unsupported" } };
const few = (iterations: number) => ({
  ok: false,
  error: { reason: "iterations", iterations, are: "few" },
});
const many = (iterations: number) => ({
  ok: false,
  error: { reason: "iterations", iterations, are: "many" },
});

describe("how a key of secret storage is made from a passphrase", () => {
  it.each([
    ["bits left out are 256", good, params],
    ["256 bits", { ...good, bits: 256 }, params],
    ["the fewest rounds", { ...good, iterations: 100_000 }, { ok: true }],
    ["the most rounds", { ...good, iterations: 10_000_000 }, { ok: true }],
    ["one round", { ...good, iterations: 1 }, few(1)],
    ["no rounds", { ...good, iterations: 0 }, few(0)],
    ["fewer than none", { ...good, iterations: -500_000 }, few(-500_000)],
    ["almost enough rounds", { ...good, iterations: 99_999 }, few(99_999)],
    ["2^31 rounds", { ...good, iterations: 2 ** 31 }, many(2 ** 31)],
    ["one too many", { ...good, iterations: 10_000_001 }, many(10_000_001)],
    ["half a round", { ...good, iterations: 500_000.5 }, unsupported],
    ["rounds as text", { ...good, iterations: "500000" }, unsupported],
    ["no rounds said", { algorithm: "m.pbkdf2", salt: "salt" }, unsupported],
    ["no salt", { ...good, salt: undefined }, unsupported],
    ["an empty salt", { ...good, salt: "" }, unsupported],
    ["128 bits", { ...good, bits: 128 }, unsupported],
    ["bits as text", { ...good, bits: "256" }, unsupported],
    ["another algorithm", { ...good, algorithm: "m.scrypt" }, unsupported],
    ["no algorithm", { salt: "salt", iterations: 500_000 }, unsupported],
    ["a list", [good], unsupported],
    ["text", "m.pbkdf2", unsupported],
    ["nothing", null, unsupported],
  ])("%s", (_, info, expected) => {
    expect(readPassphraseInfo(info)).toMatchObject(expected);
  });
});

describe("the passphrase of an old backup", () => {
  const old = { public_key: "k", private_key_salt: "salt", private_key_iterations: 500_000 };
  it.each([
    ["is there", old, params],
    ["with its bits", { ...old, private_key_bits: 256 }, params],
    ["with other bits", { ...old, private_key_bits: 512 }, unsupported],
    ["with one round", { ...old, private_key_iterations: 1 }, few(1)],
    ["with the salt missing", { private_key_iterations: 500_000 }, unsupported],
    ["with the rounds missing", { private_key_salt: "salt" }, unsupported],
  ])("%s", (_, authData, expected) => {
    expect(readBackupPassphraseInfo(authData)).toMatchObject(expected);
  });

  it("is not there in backups of today", () => {
    expect(readBackupPassphraseInfo({ public_key: "k", signatures: {} })).toBeNull();
  });
});

describe("the keys that a passphrase is tried on", () => {
  const keys = (...iterations: number[]) =>
    iterations.map((rounds, index) => ({ salt: String(index), iterations: rounds }));
  const salts = (...iterations: number[]) => {
    const { chosen, left } = chooseDerivations(keys(...iterations));
    return [chosen.map(({ salt }) => salt).join(""), left];
  };

  it.each([
    ["none", [], ["", 0]],
    ["one, as slow as may be", [10_000_000], ["0", 0]],
    [
      "many of today's, in their order",
      [500_000, 500_000, 500_000, 500_000, 500_000],
      ["01234", 0],
    ],
    ["quick ones before slow ones", [10_000_000, 500_000, 100_000], ["210", 0]],
    ["what goes into the bound", [10_000_000, 5_000_000, 10_000_000], ["10", 1]],
    ["slow ones are left", [10_000_000, 10_000_000, 10_000_000], ["0", 2]],
  ])("%s", (_, iterations, expected) => {
    expect(salts(...iterations)).toEqual(expected);
  });
});
