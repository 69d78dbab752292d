import { fail, ok } from "@/domain/result";
import { expect, test } from "vitest";
import { fetchPublishedMasterKey } from "./crossSigning";
import { isHeldElsewhere } from "./setUpIdentityPlan";

const USER = "@me:server";

function ask(body: unknown): ReturnType<typeof fetchPublishedMasterKey> {
  return fetchPublishedMasterKey({
    user: { userId: USER, deviceId: "D", homeserverUrl: "https://server" },
    request: () => Promise.resolve(ok(body)),
  });
}

test("the published master key is the one key in the object", async () => {
  const masterKey = { user_id: USER, usage: ["master"], keys: { "ed25519:abc": "abc" } };
  const body = { device_keys: { [USER]: {} }, master_keys: { [USER]: masterKey } };
  expect(await ask(body)).toEqual(ok("abc"));
});

test.each([
  ["no master_keys", { device_keys: {} }],
  ["none for this user", { device_keys: {}, master_keys: { "@other:server": { keys: {} } } }],
])("%s means that there is no identity", async (_name, body) => {
  expect(await ask(body)).toEqual(ok(null));
});

test.each([
  ["a list", []],
  ["an empty object", {}],
  ["master_keys that are no object", { device_keys: {}, master_keys: "none" }],
  ["a master key without keys", { device_keys: {}, master_keys: { [USER]: {} } }],
  ["a master key with no key inside", { device_keys: {}, master_keys: { [USER]: { keys: {} } } }],
  ["a failure of the own server", { device_keys: {}, failures: { server: {} } }],
])("%s is a failed read, never an absence", async (_name, body) => {
  expect((await ask(body)).ok).toBe(false);
});

test("an error of the request is passed on", async () => {
  const error = { kind: "network", detail: "x" } as const;
  const answer = await fetchPublishedMasterKey({
    user: { userId: USER, deviceId: "D", homeserverUrl: "https://server" },
    request: () => Promise.resolve(fail(error)),
  });
  expect(answer).toEqual(fail(error));
});

test.each([
  [{ published: "k", known: "k", privateKeysHere: "all" }, false, false],
  [{ published: "k", known: "k", privateKeysHere: "none" }, true, false],
  [{ published: "k", known: "k", privateKeysHere: "none" }, false, true],
  [{ published: "k", known: null, privateKeysHere: "some" }, false, true],
  [{ published: null, known: null, privateKeysHere: "none" }, false, false],
  [{ published: null, known: "k", privateKeysHere: "all" }, false, false],
  // The server says that there is none, and this device has seen one: nothing is replaced.
  [{ published: null, known: "k", privateKeysHere: "none" }, true, true],
] as const)("%j with secrets stored %j: held elsewhere is %j", (facts, stored, expected) => {
  expect(isHeldElsewhere({ ...facts, deviceVerified: false, replaced: false }, stored)).toBe(
    expected,
  );
});
