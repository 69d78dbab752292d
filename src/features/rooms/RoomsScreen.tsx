import { whereOldKeysAre } from "@/domain/oldKeys";
import { lastValue } from "@/domain/reading";
import { useKeyBackupOverview } from "@/state/hooks";
import { useRooms, useRoomsRestore } from "@/state/roomHooks";
import { useEffect, useEffectEvent } from "react";
import { RoomsList } from "./RoomsList";

/** Up to here counting reads so little that it need not be asked for. */
const COUNTED_BY_ITSELF = 5_000;

/** The proof of a restore: rooms, their keys on this device, their last messages. */
export function RoomsScreen() {
  const view = useRooms();
  const restore = useRoomsRestore();
  const restoring = restore !== null;
  const countKeys = useEffectEvent(view.countKeys);
  const overview = useKeyBackupOverview();
  const total = lastValue(overview.roomKeys)?.total;

  // Again whenever the number of keys changes, so that the counts by room stay true.
  useEffect(() => {
    if (!restoring && total !== undefined && total <= COUNTED_BY_ITSELF) countKeys();
  }, [restoring, total]);

  return (
    <RoomsList
      {...view}
      restore={restore}
      oldKeys={whereOldKeysAre({ ...overview, restoring })}
      offline={overview.sync === "offline"}
    />
  );
}
