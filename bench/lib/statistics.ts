/** The middle value; between the two middle ones for an even number. Null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}

/**
 * Largest distance of a value from the median, as a share of it: how much the runs differ. Null for
 * a single one, which says nothing about that.
 */
export function spread(values: readonly number[]): number | null {
  const middle = median(values);
  if (middle === null || middle === 0 || values.length < 2) return null;
  return Math.max(...values.map((value) => Math.abs(value - middle))) / Math.abs(middle);
}

/** Null when one is missing or there is nothing to divide by. */
export function ratio(value: number | null, baseline: number | null): number | null {
  return value === null || baseline === null || baseline === 0 ? null : value / baseline;
}
