import "@/app/global.css";
import { describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aReport } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { RoomsScreen } from "./RoomsScreen";

async function show(total: number) {
  const app = await createActiveApp(({ keyBackup, rooms }) => {
    keyBackup.roomKeys = ok({ total, backedUp: total });
    rooms.rooms = ok([{ roomId: "!a:x", name: "Kitchen", lastActivity: 0, messages: [] }]);
    rooms.counts = ok(new Map([["!a:x", total]]));
  });
  const screen = await render(
    <TestProviders app={app}>
      <RoomsScreen />
    </TestProviders>,
  );
  return { app, screen, room: screen.getByTestId("room") };
}

describe("rooms on the real state layer", () => {
  it("counts by itself where that is quick", async () => {
    const { app, room } = await show(5_000);
    await expect.element(room).toHaveAttribute("data-keys", "5000");
    expect(app.live.rooms.asked.countKeysByRoom).toBe(1);
  });

  it("counts a large store only when asked", async () => {
    const { app, room, screen } = await show(5_001);
    await expect.element(room).toBeVisible();
    await vi.waitFor(() => expect(app.live.keyBackup.asked.countRoomKeys).toBeGreaterThan(0));
    expect(app.live.rooms.asked.countKeysByRoom).toBe(0);
    await screen.getByRole("button", { name: "Count keys" }).click();
    await expect.element(room).toHaveAttribute("data-keys", "5001");
  });
});

describe("rooms before the first answer of the homeserver", () => {
  it("are not said not to be there", async () => {
    const app = await createActiveApp(undefined, { synced: false });
    app.live.emit({ kind: "sync", state: "offline" });
    const screen = await render(
      <TestProviders app={app}>
        <RoomsScreen />
      </TestProviders>,
    );
    const waiting = screen.getByText(/Your rooms are not known before it answers/);
    await expect.element(waiting).toBeVisible();
    await vi.waitFor(() => expect(app.live.keyBackup.asked.countRoomKeys).toBeGreaterThan(0));
    expect(app.live.rooms.asked.list).toBe(0);
    app.live.emit({ kind: "sync", state: "live" });
    await expect.element(screen.getByText(/You are in no encrypted room/)).toBeVisible();
  });
});

describe("rooms while a restore runs", () => {
  it("are restored first on demand, and show their messages as soon as these can be read", async () => {
    const { app, screen, room } = await show(5);
    await expect.element(room).not.toHaveAttribute("data-restore");
    app.restore.start();
    await screen.getByRole("button", { name: "Restore this room first Kitchen" }).click();
    await expect.element(room).toHaveAttribute("data-restore", "asked");
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
    const { last, broughtForward } = app.live.restore;
    expect([...last.request.firstRooms, ...broughtForward]).toContain("!a:x");
    app.live.rooms.rooms = ok([
      {
        roomId: "!a:x",
        name: "Kitchen",
        lastActivity: 0,
        messages: [
          { eventId: "$1", sender: "@bob:x", sentAt: 0, text: "Soup is ready", failureCode: null },
        ],
      },
    ]);
    last.roomReady("!a:x");
    await expect.element(room).toHaveAttribute("data-restore", "ready");
    await expect.element(screen.getByText("Soup is ready")).toBeVisible();
    last.end({ kind: "completed", report: aReport({ received: 100, imported: 100 }) });
    await expect.element(room).not.toHaveAttribute("data-restore");
  });
});
