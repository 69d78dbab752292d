import { expect, test } from "vitest";
import { canonicalJson } from "./keyBackupSign";

// The examples of the specification, Appendices, "Canonical JSON".
test.each([
  [{}, "{}"],
  [{ one: 1, two: "Two" }, '{"one":1,"two":"Two"}'],
  [{ b: "2", a: "1" }, '{"a":"1","b":"2"}'],
  [
    {
      auth: {
        success: true,
        mxid: "@john.doe:example.com",
        profile: {
          display_name: "John Doe",
          three_pids: [
            { medium: "email", address: "john.doe@example.org" },
            { medium: "msisdn", address: "123456789" },
          ],
        },
      },
    },
    '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
  ],
  [{ a: "日本語" }, '{"a":"日本語"}'],
  [{ 本: 2, 日: 1 }, '{"日":1,"本":2}'],
  [{ a: "\u65E5" }, '{"a":"日"}'],
  [{ a: null }, '{"a":null}'],
  // By code points, where JavaScript's own order is another.
  [{ "\u{10000}": 1, "\uFFFD": 2 }, '{"\uFFFD":2,"\u{10000}":1}'],
  [{ ab: 1, a: 2, "": 3 }, '{"":3,"a":2,"ab":1}'],
  [{ a: undefined, b: [1, "x", null] }, '{"b":[1,"x",null]}'],
])("%j", (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});
