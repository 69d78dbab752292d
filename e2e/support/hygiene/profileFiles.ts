import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Recorder } from "./Recorder.ts";

/**
 * Notes every file of a browser's profile folder, as a copy of the disk would give it away. A running
 * browser replaces its files all the time: what is gone when its turn comes is left out.
 */
export async function noteProfileFiles(folder: string, recorder: Recorder): Promise<void> {
  for await (const path of filesIn(folder)) {
    const content = await readFile(path).catch(() => null);
    if (content === null) continue;
    // Names hold numbers that differ from run to run.
    const place = path.slice(folder.length + 1).replaceAll(/\d{4,}/gu, "…");
    recorder.note("disk", place, isMozLz4(content) ? unpackMozLz4(content) : content);
  }
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

const MOZ_LZ4 = Buffer.from("mozLz40\0");
const HEADER = MOZ_LZ4.length + 4;

function isMozLz4(content: Buffer): boolean {
  return content.subarray(0, MOZ_LZ4.length).equals(MOZ_LZ4);
}

/** Firefox's own files: a header with the size of the content, then one LZ4 block. */
function unpackMozLz4(packed: Buffer): Buffer {
  const content = Buffer.alloc(packed.readUInt32LE(MOZ_LZ4.length));
  let at = HEADER;
  let to = 0;
  const lengthFrom = (nibble: number): number => {
    let length = nibble;
    let byte = nibble === 15 ? 255 : 0;
    while (byte === 255) {
      byte = packed.readUInt8(at++);
      length += byte;
    }
    return length;
  };
  while (at < packed.length) {
    const token = packed.readUInt8(at++);
    const literals = lengthFrom(token >> 4);
    packed.copy(content, to, at, at + literals);
    at += literals;
    to += literals;
    if (at >= packed.length) break;
    const back = packed.readUInt16LE(at);
    at += 2;
    // A match may overlap what it makes, so it is copied byte by byte.
    for (let left = lengthFrom(token & 15) + 4; left > 0; left -= 1, to += 1)
      content.writeUInt8(content.readUInt8(to - back), to);
  }
  return content;
}
