import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MatrixEvent } from "matrix-js-sdk";
import { logger as sharedLogger, type Logger } from "matrix-js-sdk/lib/logger";
import { RoomStickyEventsStore } from "matrix-js-sdk/lib/models/room-sticky-events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { quietLogger, silenceSharedLogger } from "./quietLogger";

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;
let said: unknown[][] = [];

beforeEach(() => {
  said = [];
  for (const level of [...LEVELS, "log"] as const) {
    vi.spyOn(console, level).mockImplementation((...words: unknown[]) => void said.push(words));
  }
});
afterEach(() => vi.restoreAllMocks());

function speak(logger: Logger): void {
  for (const level of LEVELS) logger[level]("!secret:example.org");
}

/** Makes the SDK complain through a logger that it made while its code was loaded. */
function complain(): void {
  const event = new MatrixEvent({ event_id: "$e", room_id: "!secret:example.org", type: "m.test" });
  new RoomStickyEventsStore().addStickyEvents([event]);
}

// One test: what it silences stays silent for the whole file.
it("silences the shared logger, the children it has and those still to come", () => {
  complain();
  speak(sharedLogger.getChild("[before]"));
  expect(said.length).toBeGreaterThan(1);

  silenceSharedLogger();
  said = [];
  complain();
  speak(sharedLogger);
  speak(sharedLogger.getChild("[MatrixRTCSession !secret:example.org]"));
  speak(sharedLogger.getChild("[parent]").getChild("[child]"));
  expect(said).toEqual([]);
});

it("says nothing on the logger handed to a client, nor on its children", () => {
  speak(quietLogger);
  speak(quietLogger.getChild("child"));
  expect(said).toEqual([]);
});

it("has no other way to the console to silence, in the SDK as it is installed", () => {
  const library = dirname(createRequire(import.meta.url).resolve("matrix-js-sdk"));
  const speaking = readdirSync(library, { recursive: true, encoding: "utf8" }).filter((name) => {
    if (!name.endsWith(".js")) return false;
    const code = readFileSync(join(library, name), "utf8").replaceAll(/\/\*[\s\S]*?\*\//gu, "");
    return /^(?!\s*\/\/).*\bconsole[.[]/mu.test(code);
  });
  expect(speaking).toEqual(["logger.js"]);
});
