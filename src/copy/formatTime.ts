const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const dateTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const sameDay = new Intl.DateTimeFormat("en", { timeStyle: "short" });

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * "just now", "40 seconds ago", "yesterday". Both in milliseconds since the epoch. A time a little ahead
 * is now; one further ahead is said as it is: one of the two clocks is wrong, and how long ago it was is
 * not known.
 */
export function formatRelativeTime(at: number, now: number): string {
  const seconds = Math.floor((now - at) / 1_000);
  if (seconds < -MINUTE) return formatDateTime(at);
  if (seconds < 5) return "just now";
  if (seconds < MINUTE) return relative.format(-seconds, "second");
  if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
  if (seconds < 30 * DAY) return relative.format(-Math.floor(seconds / DAY), "day");
  if (seconds < 365 * DAY) return relative.format(-Math.floor(seconds / (30 * DAY)), "month");
  return relative.format(-Math.floor(seconds / (365 * DAY)), "year");
}

/** The exact moment in the reader's time zone: "Nov 23, 2026, 5:51 PM". */
export function formatDateTime(at: number): string {
  return dateTime.format(at);
}

/** The time alone when it was today, otherwise date and time. */
export function formatMoment(at: number, now: number): string {
  const day = (time: number) => new Date(time).toDateString();
  return day(at) === day(now) ? sameDay.format(at) : dateTime.format(at);
}

/** A time span for a person: "less than 5 seconds", "40 seconds", "3 minutes", "1 hour 20 minutes". */
export function formatDuration(seconds: number): string {
  if (seconds < 5) return "less than 5 seconds";
  if (seconds < 55) return unit(Math.ceil(seconds / 5) * 5, "second");
  const minutes = Math.max(1, Math.round(seconds / MINUTE));
  if (minutes < 60) return unit(minutes, "minute");
  const rest = minutes % 60;
  const hours = unit(Math.floor(minutes / 60), "hour");
  return rest === 0 ? hours : `${hours} ${unit(rest, "minute")}`;
}

function unit(value: number, name: "second" | "minute" | "hour"): string {
  return new Intl.NumberFormat("en", { style: "unit", unit: name, unitDisplay: "long" }).format(
    value,
  );
}
