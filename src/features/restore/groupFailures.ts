import type { RestoreFailure, RestoreFailureReason } from "@/domain/restore";

export interface RoomFailures {
  readonly roomId: string;
  readonly total: number;
  readonly reasons: readonly { readonly reason: RestoreFailureReason; readonly count: number }[];
}

/** Failures counted by room and reason, worst room first, most frequent reason first. */
export function groupFailures(failures: readonly RestoreFailure[]): readonly RoomFailures[] {
  const rooms = new Map<string, Map<RestoreFailureReason, number>>();
  for (const { roomId, reason } of failures) {
    const reasons = rooms.get(roomId) ?? new Map<RestoreFailureReason, number>();
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    rooms.set(roomId, reasons);
  }
  return [...rooms]
    .map(([roomId, reasons]) => ({
      roomId,
      total: [...reasons.values()].reduce((sum, count) => sum + count, 0),
      reasons: [...reasons]
        .map(([reason, count]) => ({ reason, count }))
        .toSorted((a, b) => b.count - a.count),
    }))
    .toSorted((a, b) => b.total - a.total || (a.roomId < b.roomId ? -1 : 1));
}
