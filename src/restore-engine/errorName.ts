/** An error's name for a report. Its message is left out: it may quote what was worked on. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
