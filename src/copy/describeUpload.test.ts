import { describe, expect, it } from "vitest";
import type { UploadQueue } from "@/domain/uploadQueue";
import { describeNextTry, describeUploadProblem, describeUploadQueue } from "./describeUpload";

const stopped = { kind: "stopped", waiting: 3, problem: null, nextTryAt: null } as const;

describe("the upload queue in words", () => {
  it("says nothing where nothing waits or nothing is known", () => {
    expect(describeUploadQueue({ kind: "empty" })).toBeNull();
    expect(describeUploadQueue({ kind: "unknown" })).toBeNull();
  });

  it.each([
    [{ kind: "waiting", waiting: 1 }, "1 room key will be uploaded in a few seconds."],
    [{ kind: "uploading", done: 28, of: 1040 }, "28 of 1,040 room keys uploaded"],
    [{ ...stopped, reason: "offline" }, "3 room keys wait. The homeserver cannot be reached."],
    [{ ...stopped, reason: "off", waiting: 1 }, "1 room key waits. The upload is off"],
    [{ ...stopped, reason: "silent" }, "starting the upload again did not help"],
    [
      { ...stopped, reason: "failed", problem: { status: 403, code: "M_FORBIDDEN" } },
      "The server answered 403 M_FORBIDDEN. The server does not allow key backup here.",
    ],
  ] satisfies [UploadQueue, string][])("%j", (queue, words) => {
    expect(describeUploadQueue(queue)).toContain(words);
  });

  it("names what the server answered, also without a code", () => {
    expect(describeUploadProblem({ status: null, code: null })).toContain("did not answer");
    expect(describeUploadProblem({ status: 502, code: null })).toContain("fault of its own (502)");
    expect(describeUploadProblem({ status: 413, code: null })).toContain("amount of data");
    expect(describeUploadProblem({ status: 404, code: "M_UNRECOGNIZED" })).toContain(
      "does not allow key backup",
    );
    expect(describeUploadProblem({ status: 418, code: null })).toBe("The server answered 418.");
  });

  it("counts down to the next try", () => {
    expect(describeNextTry(12_000, 0)).toBe("Next try in 12 seconds.");
    expect(describeNextTry(12_000, 11_500)).toBe("Trying again now.");
    expect(describeNextTry(12_000, 20_000)).toBe("Trying again now.");
    expect(describeNextTry(null, 0)).toContain("looked at again");
  });
});
