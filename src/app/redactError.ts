import { redact } from "@/lib/redact";

const MAX_FRAMES = 12;

/** A thrown error as lines for a report. Whatever may be secret is taken out of each. */
export function redactError(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [`thrown: ${redact(String(error))}`];
  const frames = (error.stack ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at ") || line.includes("@"))
    .slice(0, MAX_FRAMES);
  return [`${error.name}: ${redact(error.message)}`, ...frames.map((frame) => redact(frame))];
}
