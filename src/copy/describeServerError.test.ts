import { describe, expect, it } from "vitest";
import { describeNotMatrix, describeServerError } from "./describeServerError";

describe("a homeserver without key backup", () => {
  const unrecognized = {
    kind: "server",
    status: 404,
    errcode: "M_UNRECOGNIZED",
    message: "Unrecognized request",
  } as const;

  it("is named as that, and is not said to hold no backup", () => {
    const { title, body } = describeServerError(unrecognized);
    expect(title).toBe("This homeserver does not support key backup");
    expect(body).toContain("“Unrecognized request” (M_UNRECOGNIZED)");
    expect(body).toContain("is not known");
  });

  it("is told apart from a request for something that is not there", () => {
    const { title } = describeServerError({ ...unrecognized, errcode: "M_NOT_FOUND" });
    expect(title).toBe("The homeserver refused the request");
  });
});

describe("an answer that is not as the specification has it", () => {
  it("blames the homeserver for a backup that lacks parts, and something else for no JSON", () => {
    expect(describeNotMatrix("backup version: no version").title).toBe(
      "The homeserver’s answer could not be understood",
    );
    expect(describeNotMatrix("HTTP 404 without a JSON object").title).toBe(
      "The answer did not come from a Matrix homeserver",
    );
  });
});
