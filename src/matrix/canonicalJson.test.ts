import { expect, test } from "vitest";
import { canonicalJson } from "./canonicalJson";

// The examples of the spec, Appendices, "Canonical JSON".
test.each([
  [{}, "{}"],
  [{ one: 1, two: "Two" }, '{"one":1,"two":"Two"}'],
  [{ b: "2", a: "1" }, '{"a":"1","b":"2"}'],
  [
    {
      auth: {
        success: true,
        mxid: "@john:x",
        profile: { display_name: "J", three_pids: [{ b: 1, a: 2 }] },
      },
    },
    '{"auth":{"mxid":"@john:x","profile":{"display_name":"J","three_pids":[{"a":2,"b":1}]},"success":true}}',
  ],
  [{ a: "日本語" }, '{"a":"日本語"}'],
  [{ 本: 2, 日: 1 }, '{"日":1,"本":2}'],
  [{ a: null }, '{"a":null}'],
  [{ "\u{1F600}": 2, "\uFF5E": 1 }, '{"\uFF5E":1,"\u{1F600}":2}'],
])("%j", (value, expected) => {
  expect(canonicalJson(value)).toBe(expected);
});

test("has no spelling for what is no whole number", () => {
  expect(() => canonicalJson({ a: 1.5 })).toThrow(TypeError);
  expect(() => canonicalJson([2 ** 60])).toThrow(TypeError);
});
