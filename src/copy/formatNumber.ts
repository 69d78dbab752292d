const numbers = new Intl.NumberFormat("en");
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** 12345 → "12,345". */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** A number with its noun: "1 key", "2,000 keys". The plural adds an s unless one is given. */
export function formatCount(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatNumber(value)} ${value === 1 ? singular : plural}`;
}

/** "1 room key", "2,000 room keys". */
export function formatRoomKeys(value: number): string {
  return formatCount(value, "room key");
}

/** Bytes in decimal units, as download tools count: "842 bytes", "1.7 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatCount(Math.max(0, Math.floor(bytes)), "byte");
  // The unit follows from the rounded number, so that 999,999 bytes is 1 MB and not "1,000 kB".
  if (bytes < 999_950) return `${oneDigit.format(bytes / 1_000)} kB`;
  if (bytes < 999_950_000) return `${oneDigit.format(bytes / 1_000_000)} MB`;
  return `${oneDigit.format(bytes / 1_000_000_000)} GB`;
}

/** 0..100, rounded down: 100 is only said when all is done. 0 when the total is 0. */
export function wholePercent(done: number, total: number): number {
  if (total <= 0) return 0;
  return Math.min(100, Math.max(0, Math.floor((done / total) * 100)));
}
