import { expect, it } from "vitest";
import { originsOf } from "./signIn";

const user = { userId: "@a:b", deviceId: "D", homeserverUrl: "https://hs.test:8448/base" };

it("names the origins that a session talks to, each once", () => {
  expect(originsOf({ user, oauth: null })).toEqual(["https://hs.test:8448"]);
  const oauth = {
    issuer: "https://auth.test/",
    tokenEndpoint: "https://auth.test/token",
    revocationEndpoint: "https://revoke.test/",
    registrationEndpoint: "https://auth.test/register",
    accountUrl: "https://account.test/",
  };
  expect(originsOf({ user, oauth })).toEqual([
    "https://hs.test:8448",
    "https://auth.test",
    "https://revoke.test",
  ]);
});
