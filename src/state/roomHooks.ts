import type { EncryptedRoom, RoomName } from "@/domain/rooms";
import { lastValue, type Reading } from "@/domain/reading";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { queriesOf, toReading, unreadOptions } from "./queries";
import { useOpenSession, useServices } from "./sessionHooks";

/** How single rooms fare in a running restore. */
export interface RoomsRestore {
  readonly askedRooms: ReadonlySet<string>;
  readonly readyRooms: ReadonlySet<string>;
  readonly bringForward: (roomId: string) => void;
}

/** Null while no restore runs. Does not change with every key that comes in. */
export function useRoomsRestore(): RoomsRestore | null {
  const { store, restore } = useServices();
  const { askedRooms, readyRooms } = useStore(
    store,
    useShallow(({ restoreJob: job }) =>
      job.kind === "running"
        ? { askedRooms: job.askedRooms, readyRooms: job.readyRooms }
        : { askedRooms: null, readyRooms: null },
    ),
  );
  if (askedRooms === null) return null;
  return { askedRooms, readyRooms, bringForward: restore.bringForward };
}

/** What rooms are called, by their ids; empty while that is not known. */
export function useRoomNames(): ReadonlyMap<string, string> {
  const session = useOpenSession();
  const options = session === null ? null : queriesOf(session).roomNames;
  const { data } = useQuery(options ?? unreadOptions<readonly RoomName[]>("roomNames"));
  return useMemo(
    () => new Map(lastValue(toReading({ data }))?.map(({ roomId, name }) => [roomId, name])),
    [data],
  );
}

export interface RoomsView {
  readonly rooms: Reading<readonly EncryptedRoom[]>;
  /** Room keys in this device's store by room; unread until `countKeys` was called. */
  readonly keyCounts: Reading<ReadonlyMap<string, number>>;
  readonly countKeys: () => void;
}

/** The encrypted rooms with their newest messages, and on demand how many keys each has here. */
export function useRooms(): RoomsView {
  const session = useOpenSession();
  const syncedOnce = useStore(useServices().store, (state) => state.syncedOnce);
  const [asked, setAsked] = useState(false);
  const queries = session === null ? null : queriesOf(session);
  const rooms = useQuery({
    ...(queries?.rooms ?? unreadOptions<readonly EncryptedRoom[]>("rooms")),
    // Before the first sync there are none: reading would say that the account has none.
    enabled: session !== null && syncedOnce,
  });
  const countsOptions =
    queries?.roomKeyCounts ?? unreadOptions<ReadonlyMap<string, number>>("roomKeyCounts");
  const cached = useQueryClient().getQueryData<RoomsView["keyCounts"]>(countsOptions.queryKey);
  const countedBefore = toReading({ data: cached }).status !== "unread";
  const keyCounts = useQuery({
    ...countsOptions,
    enabled: session !== null && (asked || countedBefore),
  });
  return {
    rooms: toReading(rooms),
    keyCounts: toReading(keyCounts),
    countKeys: () => {
      setAsked(true);
      // A count that failed is asked for again.
      if (session !== null && keyCounts.isFetched) void keyCounts.refetch();
    },
  };
}
