import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createPacer } from "./pacing.ts";

/** About 13 ms of a 10 Mbit/s link: fine enough to be even, coarse enough for timers. */
const PIECE_BYTES = 16 * 1024;

/** Which bytes of which file; `end` is the first one not sent. */
export interface FileSpan {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Streams a part of a file as the response's body, at the link's speed when one is given. */
export async function sendBytes(
  response: ServerResponse,
  { path, start, end }: FileSpan,
  bitsPerSecond: number | null,
): Promise<void> {
  const highWaterMark = bitsPerSecond === null ? 256 * 1024 : PIECE_BYTES;
  const file = createReadStream(path, { start, end: end - 1, highWaterMark });
  if (bitsPerSecond === null) {
    await pipeline(file, response);
    return;
  }
  const pacer = createPacer(bitsPerSecond);
  // A receiver that went away would otherwise be waited for for ever.
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  for await (const piece of file as AsyncIterable<Buffer>) {
    const wait = pacer.take(piece.length, performance.now());
    if (wait >= 1) await delay(wait, undefined, { signal: gone.signal });
    if (!response.write(piece)) await once(response, "drain", { signal: gone.signal });
  }
  response.end();
}
