import { describe, expect, it } from "vitest";
import { FingerprintSet } from "@/lib/fingerprints";
import { EntryGate } from "./EntryGate";

const seed = Uint32Array.of(3, 4);
const content = (text: string) => new TextEncoder().encode(text);

function gate(settled = new FingerprintSet(0)): EntryGate {
  return new EntryGate(seed, settled, 10);
}

describe("the gate", () => {
  it("lets each entry through once per run", () => {
    const entries = gate();
    for (const admission of ["new", "repeated"] as const) {
      for (let index = 0; index < 3000; index++) {
        const ids = { roomId: `!room${index % 7}`, sessionId: `session${index}` };
        expect(entries.judge(ids, content(`${index}`))).toBe(admission);
      }
    }
  });

  it("looks at other content under the same ids, each once, so that what came first hides nothing", () => {
    const entries = gate();
    const ids = { roomId: "!a", sessionId: "s" };
    expect(entries.judge(ids, content("rubbish"))).toBe("new");
    expect(entries.judge(ids, content("genuine"))).toBe("changed");
    expect(entries.judge(ids, content("genuine"))).toBe("repeated");
    expect(entries.judge(ids, null)).toBe("repeated");
  });

  it("does not take room and session for one text", () => {
    const entries = gate();
    expect(entries.judge({ roomId: "!ab", sessionId: "c" }, null)).toBe("new");
    expect(entries.judge({ roomId: "!a", sessionId: "bc" }, null)).toBe("new");
    expect(entries.judge({ roomId: "!a", sessionId: "bc" }, null)).toBe("repeated");
  });

  it("recalls an entry that was settled before, unless anything in it has changed", () => {
    const settled = new FingerprintSet(4);
    const first = gate();
    expect(first.judge({ roomId: "!a", sessionId: "s" }, content("one"))).toBe("new");
    settled.add(first.high, first.low);

    const ids = { roomId: "!a", sessionId: "s" };
    expect(gate(settled).judge(ids, content("one"))).toBe("recalled");
    expect(gate(settled).judge(ids, content("two"))).toBe("new");
    expect(gate(settled).judge({ ...ids, roomId: "!b" }, content("one"))).toBe("new");
    expect(gate(settled).judge({ ...ids, sessionId: "t" }, content("one"))).toBe("new");
    expect(gate(settled).judge(ids, null)).toBe("new");
    const later = gate(settled);
    expect(later.judge(ids, content("two"))).toBe("new");
    expect(later.judge(ids, content("one"))).toBe("repeated");
  });
});
