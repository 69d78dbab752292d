import { describe, expect, it } from "vitest";
import { findRedirectAnswer } from "./redirectAnswer";

describe("findRedirectAnswer", () => {
  it.each([
    [
      "a login token",
      "https://keys.test/?sso_state=abc&loginToken=secret",
      { kind: "sso", state: "abc", loginToken: "secret" },
      "/",
    ],
    [
      "a login token below a path, beside other parameters and a place",
      "https://keys.test/apps/backup/?theme=dark&sso_state=abc&loginToken=se%2Bcret#/rooms",
      { kind: "sso", state: "abc", loginToken: "se+cret" },
      "/apps/backup/?theme=dark#/rooms",
    ],
    [
      "a login token that nothing of ours goes with",
      "https://keys.test/?loginToken=secret",
      { kind: "sso", state: null, loginToken: "secret" },
      "/",
    ],
    [
      "an empty login token",
      "https://keys.test/?loginToken=&sso_state=abc",
      { kind: "sso", state: "abc", loginToken: "" },
      "/",
    ],
    [
      "a code",
      "https://keys.test/apps/#code=c0de&state=abc&iss=https%3A%2F%2Fauth.test%2F",
      { kind: "oauth", state: "abc", issuer: "https://auth.test/", code: "c0de" },
      "/apps/#/",
    ],
    [
      "a code without its issuer",
      "https://keys.test/#state=abc&code=c0de",
      { kind: "oauth", state: "abc", issuer: null, code: "c0de" },
      "/#/",
    ],
    [
      "a refusal",
      "https://keys.test/#error=access_denied&error_description=no&state=abc&iss=https%3A%2F%2Fa.test",
      { kind: "oauth_error", state: "abc", issuer: "https://a.test", error: "access_denied" },
      "/#/",
    ],
  ])("finds %s, and leaves an address without it", (_what, href, answer, clean) => {
    expect(findRedirectAnswer(href)).toEqual({ answer, clean });
  });

  it.each([
    "https://keys.test/",
    "https://keys.test/#/rooms",
    "https://keys.test/#/manage/replace",
    "https://keys.test/?theme=dark",
    "https://keys.test/#state=abc",
    "https://keys.test/#code=abc",
    "https://keys.test/?code=abc&state=def",
  ])("finds nothing in %s", (href) => {
    expect(findRedirectAnswer(href)).toBeNull();
  });
});
