import { useEffect, useId, useRef } from "react";
import type { RoomsRestore } from "@/state/roomHooks";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import styles from "./Rooms.module.css";

interface RoomRestoreProps {
  roomId: string;
  /** Id of the element that names the room. */
  nameId: string;
  restore: RoomsRestore;
}

/** How a room fares while a restore runs, and the way to have it restored before the others. */
export function RoomRestore({ roomId, nameId, restore }: RoomRestoreProps) {
  const id = useId();
  const state = useRef<HTMLParagraphElement>(null);
  const pressed = useRef(false);
  const ready = restore.readyRooms.has(roomId);
  const asked = restore.askedRooms.has(roomId);
  const offered = !ready && !asked;

  // The button goes away under the finger: the focus moves on to what took its place.
  useEffect(() => {
    if (!offered && pressed.current) state.current?.focus();
    pressed.current = false;
  }, [offered]);

  if (offered) {
    return (
      <Button
        id={id}
        variant="secondary"
        aria-labelledby={`${id} ${nameId}`}
        onClick={() => {
          pressed.current = true;
          restore.bringForward(roomId);
        }}
      >
        Restore this room first
      </Button>
    );
  }
  return (
    <p
      className={styles.restoreState}
      ref={state}
      tabIndex={-1}
      aria-live={asked ? "polite" : undefined}
    >
      <Badge tone={ready ? "success" : "neutral"}>{ready ? "Keys restored" : "Next in line"}</Badge>
    </p>
  );
}
