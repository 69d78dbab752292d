import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RestoreFailure } from "@/domain/restore";
import { BackupSplitter } from "./BackupSplitter";
import { BatchBuilder } from "./BatchBuilder";
import type { BackupBatch } from "./protocol";

const ENTRY_BYTES = 1000;

/** A gate that lets everything through, repeats too. */
const passesAll: ConstructorParameters<typeof BatchBuilder>[1] = {
  judge: () => "new",
  high: 0,
  low: 0,
};

interface Split {
  readonly entries: { roomId: string; sessionId: string; json: string }[];
  readonly refused: RestoreFailure[];
  readonly batches: BackupBatch[];
  readonly end: ReturnType<BackupSplitter["end"]>;
}

/** Splits a text whose bytes arrive in pieces of the given sizes (the rest in one). */
function split(
  text: string | Uint8Array,
  pieces: readonly number[] = [],
  perBatch = 3,
  roomId?: string,
): Split {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const builder = new BatchBuilder({ entries: perBatch, entryBytes: ENTRY_BYTES }, passesAll);
  const splitter = new BackupSplitter(builder, roomId);
  const batches: BackupBatch[] = [];
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    batches.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  const rest = builder.take();
  if (rest !== null) {
    batches.push(rest);
  }
  const entries = batches.flatMap((batch) =>
    batch.entries.map((ids, index) => ({
      ...ids,
      json: new TextDecoder().decode(
        batch.bytes.subarray(batch.ends[index - 1] ?? 0, batch.ends[index]),
      ),
    })),
  );
  return { entries, refused: batches.flatMap((b) => b.refused), batches, end: splitter.end() };
}

const truncated = { kind: "network", detail: "the download ended early" };

/** Names that have caught parsers before, beside arbitrary ones. */
const name = fc.oneof(
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "",
    'a"b',
    "\\",
    "rooms",
    "sessions",
    "€\u{1F600}",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const roomName = name.map((text) => `!r${text.replaceAll(/\p{Cc}/gu, "")}`);

const backup = fc.array(fc.tuple(roomName, fc.array(fc.tuple(name, fc.jsonValue()))), {
  maxLength: 6,
});

type Backup = [string, [string, unknown][]][];

/** Writes the answer by hand, so that repeated names stay repeated. */
function write(rooms: Backup, indent: string): string {
  const member = (key: string, value: string): string =>
    `${indent}${JSON.stringify(key)}${indent}:${indent}${value}${indent}`;
  const object = (members: string[]): string => `{${members.join(",") || indent}}`;
  return object([
    member("other", '{"rooms":[1,{"sessions":"}{"}]}'),
    member(
      "rooms",
      object(
        rooms.map(([roomId, sessions]) =>
          member(
            roomId,
            object([
              member("note", "12.5e3"),
              member(
                "sessions",
                object(sessions.map(([id, value]) => member(id, JSON.stringify(value)))),
              ),
            ]),
          ),
        ),
      ),
    ),
  ]);
}

describe("splitting the download", () => {
  it("finds every entry with its exact JSON, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(
        backup,
        fc.constantFrom("", " ", "\n\t\r "),
        fc.array(fc.nat(40), { maxLength: 200 }),
        (rooms, indent, pieces) => {
          const result = split(write(rooms, indent), pieces);
          const expected = rooms.flatMap(([roomId, sessions]) =>
            sessions.map(([sessionId, value]) => ({
              roomId,
              sessionId,
              json: JSON.stringify(value),
            })),
          );
          const small = expected.filter(
            ({ json }) => new TextEncoder().encode(json).length <= ENTRY_BYTES,
          );
          expect(result.entries).toEqual(small);
          expect(result.refused).toHaveLength(expected.length - small.length);
          expect(result.end.ok).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives the same entries for a cut at every single position", () => {
    const text =
      '{"rooms":{"!a\\u00e9\\"\\\\:x":{"sessions":{"s\\\\":{"k":"\\\\\\"}{","n":[-1.5,null]},"s2":null,"é":"\\\\"}},"!b":{"sessions":{"s3":12}}}}';
    const whole = split(text);
    expect(whole.entries).toEqual([
      { roomId: '!aé"\\:x', sessionId: "s\\", json: '{"k":"\\\\\\"}{","n":[-1.5,null]}' },
      { roomId: '!aé"\\:x', sessionId: "s2", json: "null" },
      { roomId: '!aé"\\:x', sessionId: "é", json: '"\\\\"' },
      { roomId: "!b", sessionId: "s3", json: "12" },
    ]);
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(split(bytes, [cut])).toEqual(whole);
    }
    expect(
      split(
        bytes,
        Array.from({ length: bytes.length }, () => 1),
      ),
    ).toEqual(whole);
  });

  it("calls every truncated answer truncated, and keeps the whole entries before the cut", () => {
    const text = '{"rooms":{"!a:x":{"sessions":{"s1":{"a":1},"s2":{"b":"}"}}}}}';
    const bytes = new TextEncoder().encode(text);
    const ends = ['{"a":1}', '{"b":"}"}'].map((json) => text.indexOf(json) + json.length);
    for (let length = 0; length < bytes.length; length++) {
      const result = split(bytes.subarray(0, length));
      expect(result.end).toEqual({ ok: false, error: truncated });
      expect(result.entries).toHaveLength(ends.filter((end) => end <= length).length);
    }
  });

  it("fills batches to their size", () => {
    const sessions = Array.from({ length: 7 }, (_, index) => `"s${index}":{}`).join(",");
    const result = split(`{"rooms":{"!a":{"sessions":{${sessions}}}}}`);
    expect(result.batches.map((batch) => batch.entries.length)).toEqual([3, 3, 1]);
  });
});

describe("answers that are not as the spec says", () => {
  it.each([
    ["a web page", "<!doctype html><title>Log in</title>"],
    ["a list", '[{"rooms":{}}]'],
    ["a string", '"rooms"'],
    ["no rooms", '{"errcode":"M_UNKNOWN"}'],
    ["rooms that are a list", '{"rooms":[]}'],
    ["a missing colon", '{"rooms"{}}'],
    ["a missing comma", '{"rooms":{"!a":{"sessions":{"s":{}"t":{}}}}}'],
    ["a trailing comma", '{"rooms":{},}'],
    ["something after the end", '{"rooms":{}} {"errcode":"M_UNKNOWN"}'],
    ["a broken escape in an id", '{"rooms":{"!\\x":{"sessions":{}}}}'],
    ["a value that is none", '{"rooms":{"!a":{"sessions":{"s":?}}}}'],
  ])("%s is not a Matrix answer", (_what, text) => {
    expect(split(text).end).toMatchObject({ ok: false, error: { kind: "not_matrix" } });
  });

  it.each([
    ["no rooms at all", '{"rooms":{}}'],
    ["rooms null", '{"rooms":null}'],
    ["a room that is null", '{"rooms":{"!a":null}}'],
    ["a room that is a list", '{"rooms":{"!a":[{"sessions":{"s":{}}}]}}'],
    ["a room without sessions", '{"rooms":{"!a":{}}}'],
    ["sessions null", '{"rooms":{"!a":{"sessions":null}}}'],
    ["sessions that are a list", '{"rooms":{"!a":{"sessions":[{}]}}}'],
  ])("%s is complete and holds no entry", (_what, text) => {
    const result = split(text);
    expect(result.end.ok).toBe(true);
    expect(result.entries).toEqual([]);
  });

  it("goes on after a room without sessions", () => {
    const result = split('{"rooms":{"!a":null,"!b":{"sessions":{"s":1}}}}');
    expect(result.entries).toEqual([{ roomId: "!b", sessionId: "s", json: "1" }]);
  });

  it("treats names of Object.prototype as plain text", () => {
    const result = split(
      '{"rooms":{"__proto__":{"sessions":{"s":{}}},"!a":{"sessions":{"__proto__":{"x":1}}}}}',
    );
    expect(result.refused).toEqual([
      { roomId: "__proto__", sessionId: "s", reason: "bad_room_id" },
    ]);
    expect(result.entries).toEqual([{ roomId: "!a", sessionId: "__proto__", json: '{"x":1}' }]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("sizes", () => {
  const inRoom = (sessions: string): string => `{"rooms":{"!a":{"sessions":{${sessions}}}}}`;

  it("refuses one huge entry, keeps its neighbours, and holds no more than the limit", () => {
    const builder = new BatchBuilder({ entries: 10, entryBytes: ENTRY_BYTES }, passesAll);
    const splitter = new BackupSplitter(builder);
    const push = (text: string): BackupBatch[] => [
      ...splitter.push(new TextEncoder().encode(text)),
    ];
    push('{"rooms":{"!a":{"sessions":{"before":{},"huge":"');
    const piece = "x".repeat(1 << 20);
    for (let megabyte = 0; megabyte < 40; megabyte++) {
      expect(push(piece)).toEqual([]);
    }
    push('","after":{}}}}}');
    const batch = builder.take();
    expect(splitter.end().ok).toBe(true);
    expect(batch?.entries.map((entry) => entry.sessionId)).toEqual(["before", "after"]);
    expect(batch?.refused).toEqual([{ roomId: "!a", sessionId: "huge", reason: "too_large" }]);
    expect(batch?.bytes.length).toBe(4);
  });

  it("takes an entry of exactly the limit", () => {
    const value = `"${"x".repeat(ENTRY_BYTES - 2)}"`;
    expect(split(inRoom(`"s":${value}`)).entries).toHaveLength(1);
    expect(split(inRoom(`"s":${value.replace("x", "xx")}`)).refused).toHaveLength(1);
  });

  it("cuts an endless id for the report", () => {
    const result = split(inRoom(`"${"i".repeat(100_000)}":{}`));
    expect(result.refused).toEqual([
      { roomId: "!a", sessionId: "i".repeat(255), reason: "too_large" },
    ]);
  });

  it("refuses each entry of a room whose id is too long", () => {
    const result = split(`{"rooms":{"!${"r".repeat(255)}":{"sessions":{"s":{},"t":{}}}}}`);
    expect(result.refused.map((failure) => failure.reason)).toEqual(["bad_room_id", "bad_room_id"]);
  });

  it("is not impressed by deep nesting", () => {
    const deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
    const result = split(inRoom(`"deep":${deep},"s":{}`), [100, 999_999]);
    expect(result.refused).toHaveLength(1);
    expect(result.entries).toHaveLength(1);
    expect(result.end.ok).toBe(true);
  });
});

describe("the answer for one room", () => {
  const sessions = '{"sessions":{"a":{"x":1},"b":null}}';
  const entries = [
    { roomId: "!room:x", sessionId: "a", json: '{"x":1}' },
    { roomId: "!room:x", sessionId: "b", json: "null" },
  ];

  it("is cut into entries of that room, wherever its bytes are cut", () => {
    for (let at = 0; at <= sessions.length; at++) {
      const result = split(sessions, [at], 3, "!room:x");
      expect(result.entries).toEqual(entries);
      expect(result.end.ok).toBe(true);
    }
  });

  it("may be empty", () => {
    const result = split('{"sessions":{},"other":[1]}', [], 3, "!room:x");
    expect(result.entries).toEqual([]);
    expect(result.end.ok).toBe(true);
  });

  it.each([
    "[]",
    "null",
    "<!doctype html>",
    "{}",
    '{"sessions":null}',
    '{"rooms":{}}',
    '{"errcode":"M_UNKNOWN"}',
  ])("is an object with sessions or not Matrix: %s", (text) => {
    expect(split(text, [], 3, "!room:x").end).toMatchObject({ error: { kind: "not_matrix" } });
  });

  it("does not end early unnoticed", () => {
    for (let length = 0; length < sessions.length; length++) {
      expect(split(sessions.slice(0, length), [], 3, "!room:x").end).toMatchObject({
        ok: false,
        error: truncated,
      });
    }
  });

  it("refuses every entry when the room asked for is none", () => {
    expect(split(sessions, [], 3, "room").refused).toHaveLength(2);
  });
});
