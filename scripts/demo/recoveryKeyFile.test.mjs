import { expect, it } from "vitest";
import { formatRecoveryKeyFile } from "./recoveryKeyFile.ts";

it("puts the key on a line of its own, in groups of four", () => {
  const text = formatRecoveryKeyFile({
    userId: "@carol:localhost",
    homeserver: "http://localhost:8008",
    made: new Date("2026-02-03T04:05:06Z"),
    recoveryKey: "EsTcLWDmYb vzxQNX5t",
  });
  expect(text.split("\n")).toEqual(
    expect.arrayContaining([
      "User ID: @carol:localhost",
      "Homeserver: http://localhost:8008",
      "Date: 2026-02-03",
      "EsTc LWDm Ybvz xQNX 5t",
    ]),
  );
});
