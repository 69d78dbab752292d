import { describe, expect, it } from "vitest";
import { SetUpError, describeFailure, failureFromOutput } from "./setUpError.mjs";

describe("failureFromOutput", () => {
  it.each([
    "npm error code ENOTFOUND\nnpm error network request to http://registry.invalid/react failed",
    "npm error code ECONNREFUSED",
    "WARNING: Retrying after connection broken by 'NewConnectionError(…)'\nERROR: No matching distribution found",
    "Temporary failure resolving 'deb.debian.org'",
  ])("says that there is no network: %s", (output) => {
    const error = failureFromOutput("installing the packages", output);
    expect(error.message).toMatch(/^No network.*while installing the packages.*\.$/);
    expect(error.details).toBe("");
  });

  it("says that the disk is full, even if the tool blames permissions too", () => {
    const error = failureFromOutput("installing the packages", "EACCES\nENOSPC: no space left");
    expect(error.message).toMatch(/^The disk is full/);
  });

  it("keeps the tool's own last lines when the place cannot be written", () => {
    const error = failureFromOutput("making the venv", "EACCES: permission denied, mkdir '/x'");
    expect(error.message).toMatch(/may not write/);
    expect(error.details).toContain("/x");
  });

  it("keeps the last 15 lines of output nobody foresaw", () => {
    const output = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
    const error = failureFromOutput("building", output);
    expect(error.details.split("\n")).toHaveLength(15);
    expect(error.details).toMatch(/line 39$/);
  });
});

describe("describeFailure", () => {
  it("prints a foreseen failure as its sentence, without a stack trace", () => {
    expect(describeFailure(new SetUpError("Port 1 is in use."))).toBe("Port 1 is in use.");
  });

  it("prints what the homeserver's helper says the same way", () => {
    const error = Object.assign(new Error("Port 8008 is taken."), { name: "SynapseError" });
    expect(describeFailure(error)).toBe("Port 8008 is taken.");
  });

  it("prints a bug with its stack trace", () => {
    expect(describeFailure(new TypeError("x is not a function"))).toMatch(/TypeError.*\n\s+at /);
  });

  it("prints what is not an error at all", () => {
    expect(describeFailure("odd")).toBe("odd");
  });
});
