import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MatrixEvent } from "matrix-js-sdk";
import { logger as sharedLogger, type Logger } from "matrix-js-sdk/lib/logger";
import { RoomStickyEventsStore } from "matrix-js-sdk/lib/models/room-sticky-events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { redactingLogger, redactSharedLogger } from "./redactingLogger";

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

function expectRedacted(times: number): void {
  expect(said).toHaveLength(times);
  for (const words of said) {
    expect(words).toHaveLength(1);
    expect(words[0]).toMatch(/^SDK: /u);
    expect(words[0]).not.toContain("secret");
  }
}

// One test: what is redacted stays so for the whole file.
it("takes over the shared logger, the children it has and those still to come", () => {
  complain();
  speak(sharedLogger.getChild("[before]"));
  expect(JSON.stringify(said)).toContain("!secret:example.org");

  redactSharedLogger();
  said = [];
  complain();
  expectRedacted(1);
  said = [];
  speak(sharedLogger);
  speak(sharedLogger.getChild("[MatrixRTCSession !secret:example.org]"));
  speak(sharedLogger.getChild("[parent]").getChild("[child]"));
  // A warning and an error of each; no level below them.
  expectRedacted(6);
});

it("says warnings and errors of the logger handed to a client, and of its children, and no more", () => {
  speak(redactingLogger.getChild("client"));
  speak(redactingLogger.getChild("client").getChild("!secret:example.org"));
  expectRedacted(4);
  expect(said.map(([line]) => line)).toContain("SDK: client [redacted] [redacted]");
});

it("never hands a thing to the console: a console shows all that is in it", () => {
  const held = { access_token: "a secret" };
  const error = Object.assign(new TypeError("no way, access_token=secret"), { held });
  redactingLogger.error("things:", held, [held], error, 7, true, null, undefined, Symbol("secret"));
  expect(said).toEqual([
    [
      "SDK: things: (object) (object) TypeError: no way, access_token=[redacted] 7 true null undefined (symbol)",
    ],
  ]);
});

it("says the same line, but for its numbers, once in a minute", () => {
  vi.useFakeTimers({ now: 1_000_000 });
  for (let event = 0; event < 500; event++)
    redactingLogger.warn(`Error decrypting event $${event}:localhost at ${event}`);
  expect(said).toHaveLength(1);
  vi.setSystemTime(1_061_000);
  redactingLogger.warn(`Error decrypting event $x:localhost at 1`);
  expect(said).toHaveLength(2);
  vi.useRealTimers();
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
