import { expect, test } from "vitest";
import { isSignable } from "./keyBackupSign";

test.each([
  ["the spec's field", { public_key: "K" }, true],
  [
    "a backup made with a passphrase",
    {
      public_key: "K",
      private_key_salt: "s",
      private_key_iterations: 500_000,
      private_key_bits: 256,
    },
    true,
  ],
  [
    "a cross-signing key in disguise",
    { public_key: "K", user_id: "@me:x", usage: ["self_signing"], keys: { "ed25519:E": "E" } },
    false,
  ],
  ["a device in disguise", { public_key: "K", device_id: "D", algorithms: [], keys: {} }, false],
  ["a one-time key in disguise", { public_key: "K", key: "E" }, false],
  ["a public key that is none", { public_key: { key: "E" } }, false],
  ["a field of a name that all objects have", { public_key: "K", constructor: "x" }, false],
])("what may be signed: %s", (_what, authData, expected) => {
  expect(isSignable(authData)).toBe(expected);
});
