import { describe, expect, it } from "vitest";
import { backupVersion } from "@/testing/facts";
import { describeNotice } from "./describeNotice";

const [one, two] = [backupVersion("1"), backupVersion("2")];

describe("notices", () => {
  it("name the versions and claim no attack", () => {
    const notices = [
      describeNotice({ kind: "disappeared", version: one }),
      describeNotice({ kind: "replaced", from: one, to: two }),
      describeNotice({ kind: "replaced", from: two, to: one }),
      describeNotice({ kind: "key_swapped", version: one }),
    ];
    expect(new Set(notices.map(({ title }) => title)).size).toBe(4);
    for (const { title, body } of notices) {
      expect(title).toMatch(/version [12]/);
      expect(body).toContain("The keys on this device are untouched.");
      expect(title + body).not.toMatch(/attack|danger|stolen/i);
    }
  });

  it("know an older version that came back from a replacement", () => {
    expect(describeNotice({ kind: "replaced", from: two, to: one }).title).toContain("is back");
    // Versions are opaque: without plain numbers there is no order to speak of.
    const odd = describeNotice({
      kind: "replaced",
      from: backupVersion("b"),
      to: backupVersion("a"),
    });
    expect(odd.title).toContain("was replaced by");
  });
});
