import { describe, expect, it } from "vitest";
import { settledCount } from "@/domain/restore";
import { RestoreLedger } from "./RestoreLedger";

describe("the counts of a run", () => {
  it("counts every failure and lists the first 10,000", () => {
    const ledger = new RestoreLedger(0);
    for (let index = 0; index < 10_001; index++) {
      ledger.fail({ roomId: "!a", sessionId: `s${index}`, reason: "undecryptable" });
    }
    expect(ledger.report.failures).toHaveLength(10_000);
    expect(ledger.tally.failed.undecryptable).toBe(10_001);
    expect(ledger.tally.received).toBe(settledCount(ledger.tally));
  });

  it("changes no more once it is closed", () => {
    const ledger = new RestoreLedger(5);
    ledger.imported({ imported: 1, improved: 0, already: 1, failures: [] }, 2);
    const { tally, report } = ledger;
    ledger.close();
    ledger.imported({ imported: 1, improved: 0, already: 0, failures: [] }, 1);
    ledger.fail({ roomId: "!a", sessionId: "s", reason: "malformed" });
    ledger.reachedByte(10, 20);
    expect(ledger.tally).toEqual(tally);
    expect(ledger.report).toEqual(report);
  });

  it("shows no step back when the download begins anew", () => {
    const ledger = new RestoreLedger(5);
    ledger.reachedByte(10, 20);
    ledger.reachedByte(3, 20);
    expect(ledger.tally).toMatchObject({ bytes: 10, bytesTotal: 20 });
  });

  it("forgets a length that turns out to be that of the compressed answer", () => {
    const ledger = new RestoreLedger(5);
    ledger.reachedByte(10, 20);
    ledger.reachedByte(21, 20);
    expect(ledger.tally).toMatchObject({ bytes: 21, bytesTotal: null });
  });

  it("hands out tallies that later counts do not change", () => {
    const ledger = new RestoreLedger(5);
    const { tally } = ledger;
    ledger.fail({ roomId: "!a", sessionId: "s", reason: "malformed" });
    expect(tally.failed.malformed).toBe(0);
  });
});
