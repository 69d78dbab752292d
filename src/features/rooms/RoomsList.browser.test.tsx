import "@/app/global.css";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { EncryptedRoom, RoomMessage } from "@/domain/rooms";
import { UNREAD } from "@/domain/reading";
import type { RoomsRestore } from "@/state/roomHooks";
import { failedReading, known } from "@/testing/facts";
import type { ComponentProps } from "react";
import { RoomsList } from "./RoomsList";

function message(changes: Partial<RoomMessage> = {}): RoomMessage {
  return {
    eventId: "$1",
    sender: "@bob:example.org",
    sentAt: Date.now() - 60_000,
    text: "Hello Alice",
    failureCode: null,
    ...changes,
  };
}

function room(changes: Partial<EncryptedRoom> = {}): EncryptedRoom {
  return {
    roomId: "!kitchen:example.org",
    name: "Kitchen",
    lastActivity: 0,
    messages: [message()],
    ...changes,
  };
}

async function show(
  changes: Partial<ComponentProps<typeof RoomsList>> = {},
  restore: RoomsRestore | null = null,
) {
  const countKeys = vi.fn();
  const view = (next: RoomsRestore | null) => (
    <main>
      <RoomsList
        rooms={known([room()])}
        keyCounts={UNREAD}
        countKeys={countKeys}
        oldKeys="all_here"
        offline={false}
        {...changes}
        restore={next}
      />
    </main>
  );
  const screen = await render(view(restore));
  return {
    screen,
    update: (next: RoomsRestore | null) => screen.rerender(view(next)),
    countKeys,
    rooms: screen.getByTestId("room"),
    messages: screen.getByTestId("room-message"),
    count: screen.getByRole("button", { name: "Count keys" }),
  };
}

describe("rooms", () => {
  it("show name, sender, time and text of the last messages", async () => {
    const { screen, rooms, messages } = await show();
    await expect.element(screen.getByRole("heading", { name: "Kitchen" })).toBeVisible();
    await expect.element(rooms).toHaveAttribute("data-room-id", "!kitchen:example.org");
    await expect.element(messages).toHaveAttribute("data-readable", "true");
    await expect.element(messages).toMatchTextContent(/@bob:example\.org.*\d:\d\d.*Hello Alice/);
  });

  const unreadable = (id: number, failureCode: string) =>
    message({ eventId: `$u${id}`, text: null, failureCode });

  it("say why a message cannot be read", async () => {
    const { messages, screen } = await show({
      rooms: known([
        room({ messages: [message(), unreadable(1, "HISTORICAL_MESSAGE_USER_NOT_JOINED")] }),
      ]),
    });
    await expect
      .element(screen.getByText("Cannot be read. Sent before you joined this room."))
      .toBeVisible();
    await expect.element(messages.nth(1)).toHaveAttribute("data-count", "1");
  });

  it.each([
    ["locked", "Enter recovery key", "#/unlock"],
    ["restore", "Restore history", "#/restore"],
  ] as const)("lead on to the keys of old messages: %s", async (oldKeys, name, hash) => {
    const { screen } = await show({
      oldKeys,
      rooms: known([
        room({ messages: [unreadable(1, "HISTORICAL_MESSAGE_NO_KEY_BACKUP"), unreadable(2, "X")] }),
      ]),
    });
    await screen.getByRole("link", { name }).click();
    expect(window.location.hash).toBe(hash);
    window.location.hash = "";
  });

  it("say that what they show may be old while the server cannot be reached", async () => {
    const { screen } = await show({ offline: true });
    await expect.element(screen.getByText(/cannot be reached/)).toBeVisible();
    await expect.element(screen.getByText("Hello Alice")).toBeVisible();
  });

  it("say it once for several in a row, and how many there are in all", async () => {
    const { messages, screen } = await show({
      rooms: known([
        room({
          messages: [
            ...[1, 2, 3].map((id) => unreadable(id, "HISTORICAL_MESSAGE_USER_NOT_JOINED")),
            message(),
            unreadable(4, "MEGOLM_KEY_WITHHELD"),
          ],
        }),
      ]),
    });
    await expect
      .element(screen.getByText("3 messages cannot be read. Sent before you joined this room."))
      .toBeVisible();
    expect(messages.elements().map((row) => row.getAttribute("data-count"))).toEqual([
      "3",
      "1",
      "1",
    ]);
    await expect.element(screen.getByText(/^4 messages of these 5 cannot be read/)).toBeVisible();
  });

  it("show the date of what is not of today", async () => {
    const { messages } = await show({
      rooms: known([
        room({
          messages: [
            message({ eventId: "$old", sentAt: new Date(2024, 1, 29, 12).getTime() }),
            { ...unreadable(1, "X"), sentAt: new Date(2024, 2, 1, 12).getTime() },
            { ...unreadable(2, "X"), sentAt: new Date(2024, 2, 3, 12).getTime() },
          ],
        }),
      ]),
    });
    await expect.element(messages.nth(0)).toMatchTextContent(/Feb 29, 2024/);
    await expect.element(messages.nth(1)).toMatchTextContent(/Mar 1, 2024.* – Mar 3, 2024/);
  });

  it("say plainly that there are no keys here", async () => {
    const { screen } = await show({ keyCounts: known(new Map()) });
    await expect
      .element(screen.getByText(/There are no room keys on this device yet\.$/))
      .toBeVisible();
    expect(screen.getByText(/rooms you have left/).elements()).toEqual([]);
  });

  it("count keys when asked, and only then say a number", async () => {
    const { rooms, count, countKeys } = await show();
    await expect.element(rooms).not.toHaveAttribute("data-keys");
    await count.click();
    expect(countKeys).toHaveBeenCalledOnce();
  });

  it("show the counts, and 0 only where the count says so", async () => {
    const { screen, rooms, count } = await show({
      rooms: known([room(), room({ roomId: "!empty:example.org", name: "Empty" })]),
      keyCounts: known(
        new Map([
          ["!kitchen:example.org", 1200],
          ["!left:example.org", 5],
        ]),
      ),
    });
    await expect.element(rooms.nth(0)).toHaveAttribute("data-keys", "1200");
    await expect.element(rooms.nth(1)).toHaveAttribute("data-keys", "0");
    await expect.element(screen.getByText("1,200 room keys here")).toBeVisible();
    await expect.element(screen.getByText(/1,205 room keys for 2 rooms/)).toBeVisible();
    expect(count.elements()).toEqual([]);
  });

  it("render what other people write as text alone, isolated and cut", async () => {
    const { screen, messages } = await show({
      rooms: known([
        room({
          name: `\u202E<img src=x>${"x".repeat(5_000)}`,
          messages: [message({ sender: "<b>bob</b>", text: "<script>alert(1)</script>" })],
        }),
      ]),
    });
    await expect.element(messages).toMatchTextContent("<script>alert(1)</script>");
    expect(screen.container.querySelector("img, script, b")).toBeNull();
    const name = screen.getByRole("heading", { level: 2 }).element().querySelector("bdi");
    expect(name?.textContent).toHaveLength(120);
  });

  it("come in pages", async () => {
    const many = Array.from({ length: 120 }, (_, index) => room({ roomId: `!${index}:x` }));
    const { rooms, screen } = await show({ rooms: known(many) });
    await expect.element(rooms.nth(49)).toBeInTheDocument();
    expect(rooms.elements()).toHaveLength(50);
    await screen.getByRole("button", { name: /Show more rooms \(70 left\)/ }).click();
    await expect.element(rooms.nth(99)).toBeInTheDocument();
    expect(rooms.elements()).toHaveLength(100);
  });
});

describe("while a restore runs", () => {
  const two = known([room(), room({ roomId: "!hall:example.org", name: "Hall" })]);
  const bringForward = vi.fn<(roomId: string) => void>();
  const restoring = (changes: Partial<RoomsRestore> = {}): RoomsRestore => ({
    askedRooms: new Set(),
    readyRooms: new Set(),
    bringForward,
    ...changes,
  });
  const first = (screen: Awaited<ReturnType<typeof show>>["screen"], name: string) =>
    screen.getByRole("button", { name: `Restore this room first ${name}` });

  it("each room can be restored first, by a button that names it", async () => {
    const { screen, rooms } = await show({ rooms: two }, restoring());
    await expect.element(rooms.nth(1)).toHaveAttribute("data-restore", "offered");
    await expect.element(first(screen, "Kitchen")).toHaveTextContent("Restore this room first");
    await first(screen, "Hall").click();
    expect(bringForward).toHaveBeenCalledExactlyOnceWith("!hall:example.org");
  });

  it("it says that the room is next, then that its keys are there, and keeps the focus", async () => {
    const { screen, rooms, update } = await show({ rooms: two }, restoring());
    const hall = rooms.nth(1);
    first(screen, "Hall").element().focus();
    await userEvent.keyboard("{Enter}");
    await update(restoring({ askedRooms: new Set(["!hall:example.org"]) }));
    await expect.element(hall).toHaveAttribute("data-restore", "asked");
    const next = hall.getByText("Next in line");
    await expect.element(next).toBeVisible();
    expect(document.activeElement?.contains(next.element())).toBe(true);
    const ready = new Set(["!hall:example.org"]);
    await update(restoring({ askedRooms: ready, readyRooms: ready }));
    await expect.element(hall).toHaveAttribute("data-restore", "ready");
    const restored = hall.getByText("Keys restored");
    await expect.element(restored).toBeVisible();
    expect(document.activeElement?.contains(restored.element())).toBe(true);
    // The other one is still to be had.
    await expect.element(first(screen, "Kitchen")).toBeVisible();
  });

  it("a room that came first by itself is said to be there, and takes no focus", async () => {
    const { rooms } = await show(
      { rooms: two },
      restoring({ readyRooms: new Set(["!kitchen:example.org"]) }),
    );
    await expect.element(rooms.nth(0).getByText("Keys restored")).toBeVisible();
    expect(document.activeElement).toBe(document.body);
  });

  it("no number of keys is shown that is no longer true", async () => {
    const counts = known(new Map([["!kitchen:example.org", 3]]));
    const { screen, rooms, count, update } = await show({ keyCounts: counts }, restoring());
    await expect.element(rooms).not.toHaveAttribute("data-keys");
    expect(screen.getByText(/room keys/).elements()).toEqual([]);
    expect(count.elements()).toEqual([]);
    await update(null);
    await expect.element(rooms).toHaveAttribute("data-keys", "3");
  });

  it("nothing of it is shown when none runs", async () => {
    const { screen, rooms, update } = await show({ rooms: two }, restoring());
    await expect.element(first(screen, "Hall")).toBeVisible();
    await update(null);
    await expect.element(first(screen, "Hall")).not.toBeInTheDocument();
    await expect.element(rooms.nth(0)).not.toHaveAttribute("data-restore");
  });

  it("passes axe and fits 320 pixels", async () => {
    await page.viewport(320, 640);
    const { screen, rooms } = await show(
      {
        rooms: known([
          room({ name: "x".repeat(300) }),
          room({ roomId: "!b:x" }),
          room({ roomId: "!c:x" }),
        ]),
      },
      restoring({ askedRooms: new Set(["!b:x"]), readyRooms: new Set(["!c:x"]) }),
    );
    await expect.element(rooms.nth(2)).toBeInTheDocument();
    expect((await axe.run(screen.container)).violations).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });
});

describe("without rooms", () => {
  it("tell reading, none and failure apart", async () => {
    const reading = await show({ rooms: UNREAD });
    await expect.element(reading.screen.getByText("Reading your rooms…")).toBeVisible();
    await reading.screen.unmount();

    const none = await show({ rooms: known([]) });
    await expect.element(none.screen.getByText(/You are in no encrypted room/)).toBeVisible();
    await none.screen.unmount();

    const failed = await show({ rooms: failedReading });
    await expect
      .element(failed.screen.getByTestId("error"))
      .toHaveAttribute("data-code", "network");
    expect(failed.screen.getByText(/You are in no/).elements()).toEqual([]);
  });

  it("offers to count again what could not be counted", async () => {
    const { screen, countKeys } = await show({ keyCounts: failedReading });
    await screen.getByRole("button", { name: "Retry" }).click();
    expect(countKeys).toHaveBeenCalledOnce();
  });
});

describe("for everybody", () => {
  it("passes axe and fits 320 pixels", async () => {
    await page.viewport(320, 640);
    const long = "https://example.org/".padEnd(400, "a");
    const { screen, rooms } = await show({
      rooms: known([
        room({ name: long, messages: [message({ sender: `@${long}`, text: long })] }),
        room({ roomId: "!b:x", messages: [message({ text: null, failureCode: "ODD" })] }),
        room({ roomId: "!c:x", messages: [] }),
      ]),
      keyCounts: known(new Map()),
    });
    await expect.element(rooms.nth(2)).toBeInTheDocument();
    expect((await axe.run(screen.container)).violations).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });
});
