import { encodeQR } from "qr";
import { decodeQR } from "qr/decode.js";

/** An image as a canvas gives it: RGBA, row by row. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** White modules around the code, as ISO/IEC 18004 wants them. */
const BORDER = 4;

/**
 * The bytes as a QR code in byte mode: the length of a side in modules, quiet zone included, and
 * an SVG path over the dark ones, one unit each.
 */
export function drawQrCode(bytes: Uint8Array): { readonly size: number; readonly path: string } {
  const rows = encodeQR("", "raw", {
    encoding: "byte",
    textEncoder: () => bytes,
    ecc: "low",
    border: BORDER,
  });
  const path = rows.flatMap((row, y) =>
    runsOf(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`),
  );
  return { size: rows.length, path: path.join("") };
}

/**
 * The bytes of a QR code in the picture, or null when none is found. Byte by byte, because these
 * are no text. Takes a few milliseconds for 640 × 480.
 */
export function readQrCode(picture: Picture): Uint8Array | null {
  try {
    const text = decodeQR(picture, { textDecoder: toCharacters });
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    // The decoder's way of saying that it saw no code.
    return null;
  }
}

function toCharacters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Where dark modules begin, and how many follow without a gap. */
function runsOf(row: readonly boolean[]): readonly (readonly [start: number, length: number])[] {
  const runs: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = runs.at(-1);
    if (!dark) return;
    if (last !== undefined && last[0] + last[1] === x) last[1]++;
    else runs.push([x, 1]);
  });
  return runs;
}
