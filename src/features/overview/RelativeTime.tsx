import { formatDateTime, formatRelativeTime } from "@/copy/formatTime";
import { useNow } from "@/ui/useNow";

/** "2 minutes ago", kept true while it is on the page; the exact time is in the tooltip. */
export function RelativeTime({ at }: { at: number }) {
  const now = useNow(TICK_MS);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at)}>
      {formatRelativeTime(at, now)}
    </time>
  );
}

const TICK_MS = 5_000;
