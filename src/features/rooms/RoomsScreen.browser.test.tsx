import "@/app/global.css";
import { describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
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
