import type { SessionEvent } from "@/domain/ports";
import { expect, it } from "vitest";
import { createSessionEvents } from "./sessionEvents";

it("drops repeated sync states and a second sign-out, and nothing else", () => {
  const events = createSessionEvents();
  const heard: SessionEvent[] = [];
  events.subscribe((event) => heard.push(event));
  events.emit({ kind: "sync", state: "live" });
  events.emit({ kind: "sync", state: "live" });
  events.emit({ kind: "sync", state: "offline" });
  events.emit({ kind: "sync", state: "live" });
  events.emit({ kind: "upload_remaining", count: 0 });
  events.emit({ kind: "upload_remaining", count: 0 });
  events.emit({ kind: "signed_out", soft: true });
  events.emit({ kind: "signed_out", soft: false });
  expect(heard).toEqual([
    { kind: "sync", state: "live" },
    { kind: "sync", state: "offline" },
    { kind: "sync", state: "live" },
    { kind: "upload_remaining", count: 0 },
    { kind: "upload_remaining", count: 0 },
    { kind: "signed_out", soft: true },
  ]);
});

it("tells a late listener the latest sync state, the carry-over and the sign-out", async () => {
  const events = createSessionEvents();
  events.emit({ kind: "sync", state: "live" });
  events.emit({ kind: "sync", state: "offline" });
  events.emit({ kind: "carry_over", state: "running" });
  events.emit({ kind: "carry_over", state: "incomplete", missing: ["unread"] });
  events.emit({ kind: "signed_out", soft: false });
  const heard: SessionEvent[] = [];
  events.subscribe((event) => heard.push(event));
  const left: SessionEvent[] = [];
  events.subscribe((event) => left.push(event))();
  await Promise.resolve();
  expect(heard).toEqual([
    { kind: "sync", state: "offline" },
    { kind: "carry_over", state: "incomplete", missing: ["unread"] },
    { kind: "signed_out", soft: false },
  ]);
  expect(left).toEqual([]);
});

it("says nothing after its end", async () => {
  const events = createSessionEvents();
  const heard: SessionEvent[] = [];
  events.subscribe((event) => heard.push(event));
  events.end();
  events.emit({ kind: "sync", state: "live" });
  events.subscribe((event) => heard.push(event));
  await Promise.resolve();
  expect(heard).toEqual([]);
});
