import { describe, expect, it } from "vitest";
import { demoRooms } from "./demoRooms.ts";

describe("demoRooms", () => {
  const ofAlice = demoRooms.filter((room) => room.members.includes("alice"));

  it("gives alice at least 20 rooms and 300 messages", () => {
    expect(ofAlice.length).toBeGreaterThanOrEqual(20);
    const messages = ofAlice.flatMap((room) => room.messages);
    expect(messages.length).toBeGreaterThanOrEqual(300);
  });

  it("names every room once, and lets only members speak", () => {
    expect(new Set(demoRooms.map((room) => room.name)).size).toBe(demoRooms.length);
    for (const room of demoRooms) {
      const speakers = room.messages.map((message) => message.from);
      expect(room.members).toEqual(expect.arrayContaining(speakers));
      expect(room.members[0]).toBe(room.owner);
    }
  });

  it("has something to read in every message", () => {
    const texts = demoRooms.flatMap((room) => room.messages.map((message) => message.text));
    expect(texts.filter((text) => text.trim() !== text || text.length < 2)).toEqual([]);
  });
});
