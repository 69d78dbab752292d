import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip" | "identity";

/**
 * The best encoding that an Accept-Encoding header allows (RFC 9110, 12.5.3): brotli, then gzip.
 * A quality of 0 refuses; a missing header gets the plain bytes.
 */
export function chooseEncoding(acceptEncoding: string | undefined): Encoding {
  const accepted = new Map<string, number>();
  for (const part of (acceptEncoding ?? "").split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const quality = parameters.find((text) => text.startsWith("q="))?.slice(2);
    if (name !== "") accepted.set(name, quality === undefined ? 1 : Number(quality));
  }
  const any = accepted.get("*") ?? 0;
  for (const encoding of ["br", "gzip"] as const) {
    if ((accepted.get(encoding) ?? any) > 0) return encoding;
  }
  return "identity";
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** How a file's compressed form beside it is called, by the convention of nginx and Caddy. */
export const compressedSuffix = { br: ".br", gzip: ".gz" } as const;

/** What compresses well enough while somebody waits, and what is worth it once per build. */
const EFFORTS = {
  quick: { gzip: 6, brotli: 5 },
  build: { gzip: 9, brotli: 9 },
} as const;

/**
 * Compresses off the main thread. For the 8 MB of wasm brotli 5 takes about a second and 9 about
 * four; its default of 11 takes most of a minute for a tenth less.
 */
export function compress(
  bytes: Buffer,
  encoding: Exclude<Encoding, "identity">,
  effort: keyof typeof EFFORTS = "quick",
): Promise<Buffer> {
  const level = EFFORTS[effort];
  if (encoding === "gzip") return gzipAsync(bytes, { level: level.gzip });
  return brotliAsync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level.brotli,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
